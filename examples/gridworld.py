"""Arrays of gridworld.toml: a walk on a grid whose heading is a fine action. Run it to write gridworld.npz anew."""

from pathlib import Path

import numpy as np

SIDE, HEADINGS = 4, 65
GOAL = (3, 2)


def arrays() -> dict[str, np.ndarray]:
    """P[s, a, s'], R[s, a], initial[s], headings from -1 (right) to 1 (up), and soft experts.

    Those are noisy[t, s, a] ~ exp(-|heading - wanted(s)| / temperature t), a class of five; the third demonstrates.
    """
    headings = np.linspace(-1.0, 1.0, HEADINGS)
    P = np.zeros((SIDE * SIDE, HEADINGS, SIDE * SIDE))
    R = np.zeros((SIDE * SIDE, HEADINGS))
    away = np.zeros((SIDE * SIDE, HEADINGS))
    for x in range(SIDE):
        for y in range(SIDE):
            s = x * SIDE + y
            right, up = min(x + 1, SIDE - 1) * SIDE + y, x * SIDE + min(y + 1, SIDE - 1)
            P[s, :, s] += 0.5
            P[s, :, right] += 0.25 * (1 - headings)
            P[s, :, up] += 0.25 * (1 + headings)
            near = 1 - (abs(x - GOAL[0]) + abs(y - GOAL[1])) / (2 * SIDE)
            wanted = np.sign((GOAL[1] - y) - (GOAL[0] - x)) * 0.6
            away[s] = np.abs(headings - wanted)
            R[s] = 0.8 * near + 0.2 * (1 - away[s] / 2)
    initial = np.zeros(SIDE * SIDE)
    initial[0] = 1.0
    odds = np.exp(-away / np.array([0.1, 0.2, 0.4, 0.8, 1.6])[:, None, None])
    noisy = odds / odds.sum(axis=2, keepdims=True)
    return {"P": P, "R": R, "initial": initial, "actions": headings, "noisy": noisy, "demonstrator": noisy[2]}


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).with_suffix(".npz"), **arrays())
