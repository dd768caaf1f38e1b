"""The proof graph: all of the library, every edge from a lower layer, nothing said twice."""

import pytest

from figures.proof_graph import Settings, compute, draw, layers, reduced
from figures.style import styled
from proofs_check.kernel.verdicts import shipped
from proofs_check.library import library

ROWS = {row["node"]: row for row in compute(Settings(check=False))}
CHAIN = {"axiom:a": frozenset[str](), "b": frozenset({"axiom:a"}), "c": frozenset({"axiom:a", "b"})}


def test_every_axiom_and_every_proof_of_what_the_kernel_does_not_prove_is_a_node() -> None:
    known = library()
    drawn = [proof for proof in known.proofs if proof.key not in shipped().proofs]
    assert set(ROWS) == {proof.key for proof in drawn} | {axiom.reference for axiom in known.axioms}
    assert sum(row["steps"] for row in ROWS.values()) == sum(len(proof.steps) for proof in drawn)


def test_edges_lead_to_higher_layers() -> None:
    for row in ROWS.values():
        for below in row.get("rests_on", "").split():
            assert ROWS[below]["layer"] < row["layer"]


def test_implied_edges_are_left_out_and_no_others() -> None:
    assert reduced(CHAIN) == CHAIN | {"c": frozenset({"b"})}
    assert layers(CHAIN) == {"axiom:a": 0, "b": 1, "c": 2}


def test_without_a_check_nothing_is_called_proved() -> None:
    assert {row["verdict"] for row in ROWS.values()} == {"not checked", "ASSUMED"}
    with styled():
        figure = draw(list(ROWS.values()))
    assert "not checked for this drawing" in " ".join(figure.get_supxlabel().split())


def test_boxes_do_not_overlap() -> None:
    with styled():
        figure = draw(list(ROWS.values()))
    figure.draw_without_rendering()
    boxes = [text.get_bbox_patch().get_window_extent().shrunk(0.97, 0.9) for text in figure.axes[0].texts]
    touching = [(i, j) for i in range(len(boxes)) for j in range(i) if boxes[i].overlaps(boxes[j])]
    assert touching == []


@pytest.mark.slow
def test_checked_steps_are_counted() -> None:
    rows = compute(Settings(check=True))
    theorem = next(row for row in rows if row["node"] == "theorem_6")
    assert theorem["verdict"] == "ASSUMED"
    assert 0 < theorem["proved"] < theorem["steps"]
