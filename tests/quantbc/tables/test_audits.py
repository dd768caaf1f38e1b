"""What an audit says in sentences."""

from quantbc.tables.audits import answer_lines


def test_a_bound_per_chunk_is_not_ranked_without_saying_so() -> None:
    ranked = [
        {"tokenizer": name, "bins": 50, "theorem": "theorem_7", "total": 1.0, "per": per}
        for name, per in (("fast_openpi", "chunk"), ("uniform", "step"))
    ]
    lines = answer_lines({"smallest_bins": [], "ranking": ranked, "assumptions": []})
    assert lines == ["Smallest bounds (theorem_7): fast_openpi 50 (per chunk), uniform 50"]
