"""An audit on the page: its numbers in the tokenizer figure's form, its answers in words."""

from typing import Any

import numpy as np
import pytest

from quantbc.audit.run import Settings, audit
from quantbc.report.blocks import Fold, Items, Table
from quantbc.report.drawing import picture
from quantbc.report.tokenizers import drawing, rows, section

NAMES = ("uniform", "kmeans", "fast_openpi")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(600, 2))
    actions = 0.4 * states[:, :1] + 0.1 * rng.normal(size=(600, 1))
    path = tmp_path_factory.mktemp("audit") / "demo.npz"
    np.savez(path, actions=actions, observations=states, episode_ends=[200, 400, 600])
    return audit(path, Settings(tokenizers=NAMES, bins=(16,))).to_dict()


def test_rows_are_the_audits_numbers(document: dict[str, Any]) -> None:
    table = {row["tokenizer"]: row for row in rows(document)}
    totals = {row["tokenizer"]: row["total"] for row in document["ranking"]}
    for tokenizer in document["tokenizers"]:
        row = table[tokenizer["name"]]
        assert row["average_error"] == tokenizer["mean_error_norm"]
        assert row.get("sup_error") == tokenizer["eps_q"]
        assert row.get("bound") == totals.get(tokenizer["name"])  # none for chunks
    assert set(totals) == {row["tokenizer"] for row in table.values() if "bound" in row}
    assert "sup_error" not in table["kmeans"]


def test_the_figure_names_every_tokenizer_and_says_what_it_shows(document: dict[str, Any]) -> None:
    chart = drawing(document)
    assert chart.alt.startswith("Dot plots with a line for each of 3 tokenizers")
    assert [text.get_text() for text in chart.draw(rows(document)).axes[0].get_yticklabels()] == [
        f"{row['tokenizer']} {row['bins']}" for row in rows(document)
    ]
    made = picture(chart, rows(document), table="data/audit.csv")
    assert "No regret was measured" in made.caption


def test_without_gains_there_is_no_bound_to_draw(document: dict[str, Any]) -> None:
    blind = document | {"ranking": [], "bounds": []}
    assert len(drawing(blind).draw(rows(blind)).axes) == 3
    assert not [block for block in section(blind, []).blocks if isinstance(block, Fold) and "Bounds" in block.summary]


def test_the_section_answers_in_words(document: dict[str, Any]) -> None:
    made = section(document, [])
    verdict, *others = (block for block in made.blocks if isinstance(block, Items))
    assert made.blocks[1] is verdict
    assert [text.split()[0] for text in verdict.items[:3]] == ["use", "why", "bins"]
    assert any(text.startswith("Regret at most 20 by theorem_7") for block in others for text in block.items)
    assert len(next(block for block in made.blocks if isinstance(block, Table)).rows) == 3
