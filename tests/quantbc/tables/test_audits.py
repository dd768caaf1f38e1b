"""What an audit says in sentences."""

from typing import Any

from quantbc.tables.audits import stability_lines, verdict_lines

VERDICT: dict[str, Any] = {
    "tokenizer": "uniform",
    "bins": 64,
    "bits_per_step": 12.0,
    "closest": "uniform 64",
    "largest_error_raw": 0.02,
    "mean_error_raw": 0.01,
    "judged": "largest",
    "dimension": "dimension 0",
    "target_raw": 0.03,
    "basis": "your tolerance",
    "uniform_bins": [43, None],
    "breaks": ["erases dimension 1: openvla_q99 256"],
    "estimated": [],
}


def bound(theorem: str, total: float, *, plain: bool, tokenizer: str = "uniform") -> dict[str, Any]:
    row = {"tokenizer": tokenizer, "bins": 64, "theorem": theorem, "total": total, "plain": plain}
    return row | {"imitation_included": False, "vacuous": False}


def document(**changes: Any) -> dict[str, Any]:
    found = {
        "verdict": VERDICT,
        "tokenizers": [],
        "bounds": [],
        "horizon": 100,
        "fps": None,
        "idle": 0.25,
        "chunk": None,
        "action_names": None,
    }
    return found | changes


def test_the_headline_is_for_plain_cloning_with_what_is_to_be_used() -> None:
    rows = [
        bound("with_a_model", 1.0, plain=False),
        bound("plain", 7.0, plain=True),
        bound("plain", 3.0, plain=True, tokenizer="other"),
    ]
    text = "\n".join(verdict_lines(document(bounds=rows)))
    assert "~7 of 100 by plain" in text
    assert "with_a_model" not in text
    assert "erases dimension 1" in text
    assert "43, –" in text


def test_what_an_action_costs_and_where_its_tokens_crowd_is_said_without_padding() -> None:
    row = {"name": "uniform", "bins": 64, "bits_per_step": 12.0, "tokens_per_step": 2.0, "commonest_token": 0.7}
    row |= {"commonest_dimension": 1, "boundary_mass": [0.1, 0.2, 1.0], "left_out": [{"dimension": 2}]}
    named = document(tokenizers=[row], action_names=("x", "grip", "pad"))
    text = " ".join(" ".join(verdict_lines(named)).split())
    assert "uniform 64: 12 bits in 2 tokens per action" in text
    assert "the most common token accounts for 70 % of 'grip' (dimension 1)" in text
    assert "at most 20 % lies in a first or last token ('grip' (dimension 1))" in text
    unbounded = document(tokenizers=[row | {"bits_per_step": None}], action_names=None)
    assert "12 bits (entropy) per action" in " ".join(verdict_lines(unbounded))


def test_tokenizers_whose_neighbours_are_unclear_share_a_sentence() -> None:
    verdicts = {"a": "unclear", "b": "worse", "c": "unclear", "d": "preserved"}
    rows = [
        {"name": name, "bins": 8, "smoothness": {"verdict": verdict, "sentence": f"is {verdict}"}}
        for name, verdict in verdicts.items()
    ]
    rows.append({"name": "e", "bins": 8, "smoothness": None})
    worse, unclear = stability_lines({"tokenizers": rows, "stability": None})
    assert worse == "b 8 is worse."
    assert unclear.startswith("Neighbours unclear for a 8, c 8: ")


def test_seconds_are_said_where_the_file_has_a_rate() -> None:
    assert any("100 steps are 5 s at 20 steps per second" in line for line in verdict_lines(document(fps=20.0)))


def test_the_screen_keeps_to_its_lines_and_says_how_much_is_left_out() -> None:
    lines = verdict_lines(document(verdict=VERDICT | {"breaks": [f"reason {i}, " + 30 * "long " for i in range(40)]}))
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 100
    assert lines[-1].endswith("more: --full")
    assert any("25 % of the steps repeat the previous action" in line for line in lines)
