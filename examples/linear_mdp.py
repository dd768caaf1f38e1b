"""Arrays of linear_mdp.toml: transitions and rewards linear in three features. Run it to write linear_mdp.npz anew."""

from pathlib import Path

import numpy as np

STATES, ACTIONS = 12, 33


def arrays() -> dict[str, np.ndarray]:
    """phi[s, a, k], mu[k, s'], theta[k], initial[s], and the values of the fine actions on [-1, 1]."""
    actions = np.linspace(-1.0, 1.0, ACTIONS)
    place = np.linspace(0.0, 1.0, STATES)
    phi = np.empty((STATES, ACTIONS, 3))
    phi[:, :, 1] = 0.2 + 0.3 * np.cos(actions[None, :] - place[:, None]) ** 2
    phi[:, :, 2] = 0.3 * place[:, None]
    phi[:, :, 0] = 1.0 - phi[:, :, 1] - phi[:, :, 2]
    low, high, flat = np.exp(-4 * place), np.exp(4 * place), np.ones(STATES)
    mu = np.array([weight / weight.sum() for weight in (low, high, flat)])
    initial = np.full(STATES, 1 / STATES)
    return {"phi": phi, "mu": mu, "theta": np.array([0.1, 0.9, 0.5]), "initial": initial, "actions": actions}


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).with_suffix(".npz"), **arrays())
