"""A small valid study that tests take as it is, in part, or break in one place at a time."""

SYSTEM = """
[system]
type = "servo"
alpha = [0.5, 0.4]
noise = 0.02
initial_low = -0.5
initial_high = 0.5

[task]
target = [0.2, -0.1]
action_low = -1.0
action_high = 1.0

[reward]
state_weight = 1.0
action_weight = 1.0
"""
DETERMINISTIC = """
[[experts]]
name = "deterministic"
gain = 0.2
class = { low = 0.1, high = 0.3, count = 3 }
"""
GAUSSIAN = """
[[experts]]
name = "gaussian"
gain = 0.2
std = 0.3
class = { gains = [0.1, 0.2] }
"""
OPENVLA = """
[[quantizers]]
type = "openvla"
"""
UNIFORM = """
[[quantizers]]
type = "uniform"
bins = 32
"""
SWEEP = """
[sweep]
horizons = [3, 6]
demonstrations = [20]
seeds = [0, 1]
episodes = 200
"""
PROBLEM = f"""
name = "small"
{SYSTEM}{DETERMINISTIC}{GAUSSIAN}{OPENVLA}{UNIFORM}{SWEEP}"""
