from pathlib import Path

import numpy as np

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.notes import data_notes, model_notes
from quantbc.audit.survey import survey


def test_notes_say_what_was_left_out_and_why_there_are_no_bounds(tmp_path: Path) -> None:
    actions = np.ones((6, 2))
    actions[:, 0], actions[4, 0] = np.arange(6), np.nan
    np.savez(tmp_path / "a.npz", actions=actions, episode_ends=[2, 2, 6])
    found = survey(open_source(tmp_path / "a.npz"), memory=10**6, rng=np.random.default_rng(0))
    text = " ".join(data_notes(found))
    assert "1 episodes have no rows" in text
    assert "1 rows with NaN or infinite actions" in text
    assert "never change and are excluded: 1" in text
    assert model_notes(None, found, None) == [
        "no bounds: the gains are unknown because there are no observations; give --gain and --decay"
    ]
