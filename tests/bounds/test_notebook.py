"""An evaluated statement in a notebook: a line, a table of its terms, and the inequality with the user's numbers."""

from xml.etree import ElementTree as ET

import pytest

from bounds import catalog, evaluate
from bounds.notebook import html_table, with_numbers

POINT = evaluate(catalog["theorem_8"], H=50, n=1000, eps_q=0.001)
ARRAY = evaluate(catalog["theorem_8"], H=50, n=[10, 1000], eps_q=0.001)


def test_the_table_has_every_term_and_the_total() -> None:
    cells = [[cell.text for cell in row] for row in ET.fromstring(POINT._repr_html_()).iter("tr")]  # noqa: S314 - ours
    assert [row[0] for row in cells] == ["term", *POINT.terms, "total"]
    assert [float(str(row[1])) for row in cells[1:-1]] == pytest.approx([float(v) for v in POINT.terms.values()], 1e-5)
    assert float(str(cells[-1][1])) == pytest.approx(float(POINT.total), 1e-5)


def test_a_vacuous_bound_says_so() -> None:
    idle = evaluate(catalog["theorem_2"], H=5, n=1, delta=0.05, class_size=9, eps_q=1, C=1, eta=0.5, L=1)
    assert "vacuous" in repr(idle)
    assert "total (vacuous)" in idle._repr_html_()


def test_the_inequality_has_the_values_of_the_symbols() -> None:
    latex = with_numbers(evaluate(catalog["theorem_8"], H=50, n=10**7, eps_q=1e-9))
    assert r"\varepsilon_q = 1 \times 10^{-9}" in latex
    assert r"n = 1 \times 10^{7}" in latex
    assert r"\geq" in latex


def test_arrays_are_shown_by_their_shape() -> None:
    assert repr(ARRAY) == "theorem_8 (sharp): shape (2,), terms imitation, quantization"
    assert ARRAY._repr_latex_() is None
    with pytest.raises(ValueError, match=r"must be of scalars .* got shape \(2,\)"):
        with_numbers(ARRAY)


def test_an_array_is_a_table_with_a_row_for_every_entry() -> None:
    cells = [[cell.text for cell in row] for row in ET.fromstring(ARRAY._repr_html_()).iter("tr")]  # noqa: S314 - ours
    assert cells[0] == ["n", "imitation", "quantization", "total"]
    assert [float(str(row[0])) for row in cells[1:]] == [10, 1000]
    assert [float(str(row[-1])) for row in cells[1:]] == pytest.approx(list(ARRAY.total), 1e-5)


def test_entries_that_are_vacuous_are_marked_and_long_arrays_are_cut_with_notice() -> None:
    grid = {"H": [[5], [50]], "n": [1, *[10**6] * 29]}
    page = evaluate(catalog["theorem_2"], "simple", **grid, class_size=9, eps_q=0.0, C=1, eta=0.5, L=1)._repr_html_()
    assert page.count("(vacuous)") == 1
    assert "20 of 60 entries" in page
    assert page.count("<tr>") == 21


def test_what_a_file_says_is_escaped() -> None:
    page = html_table([("<b>", False)], [["<i>"]], caption="<script>")
    assert page.count("&lt;") == 3
    assert not any(text in page for text in ("<b>", "<i>", "<script>"))
