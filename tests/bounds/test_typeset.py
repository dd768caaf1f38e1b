"""Every statement is an align block whose lines are valid mathematics."""

import re
import shutil
import subprocess

import pytest
from matplotlib.mathtext import MathTextParser

from bounds import ParameterError, Sense, catalog
from bounds.symbols import SYMBOLS
from bounds.typeset import align

FORMS = [(key, form) for key, theorem in catalog.items() for form in theorem.forms]
forms = pytest.mark.parametrize(("key", "form"), FORMS)


def lines_of(block):
    lines = block.split("\n")
    assert (lines[0], lines[-1]) == (r"\begin{align}", r"\end{align}")
    return lines[1:-1]


@forms
def test_one_line_a_term_and_the_relation_of_the_sense(key, form):
    theorem = catalog[key]
    lines = lines_of(align(theorem, form))
    terms = [name for name, expression in theorem.parts(form).items() if expression != 0]
    assert [re.search(r"\\text\{(\w+)\}", line).group(1) for line in lines] == terms
    assert all(line.endswith(r"\\") for line in lines[:-1])
    assert not lines[-1].endswith(r"\\")
    assert lines[0].startswith(theorem.left)
    assert (r"\leq{}" in lines[0]) == (theorem.sense is Sense.UPPER)
    assert (r"\geq{}" in lines[0]) == (theorem.sense is Sense.LOWER)
    for line in lines:
        assert line.count("{") == line.count("}")
        assert line.count(r"\left") == line.count(r"\right")
        assert line.count("&") == 3


@pytest.mark.slow
@forms
def test_every_line_parses_as_mathematics(key, form):
    parser = MathTextParser("path")
    for line in lines_of(align(catalog[key], form)):
        formula = line.removesuffix(r"\\").replace("&", " ").replace("{}", "")
        parser.parse(f"${formula}$")


@forms
def test_symbols_are_typeset_as_in_the_table(key, form):
    block = align(catalog[key], form)
    for name in ("eps_q", "log_class_size", "log_model_class_size", "lipschitz", "average_error", "step_error"):
        assert name not in block
        assert name.replace("_", r"\_") not in block
    if "eps_q" in catalog[key].symbols:
        assert SYMBOLS["eps_q"].latex in block


def test_class_sizes_are_written_as_sizes():
    block = align(catalog["theorem_7"], "sharp")
    assert r"\log{\left(M N - 1 \right)}" in block
    assert "e^{" in block  # the radius itself


def test_unknown_forms_are_refused():
    with pytest.raises(ParameterError, match="form of theorem_2 must be sharp or simple, got 'short'"):
        align(catalog["theorem_2"], "short")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_blocks_compile(tmp_path):
    body = "\n".join(align(catalog[key], form) for key, form in FORMS)
    source = f"\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "all.tex").write_text(source)
    subprocess.run(["pdflatex", "-halt-on-error", "all.tex"], cwd=tmp_path, check=True, capture_output=True)
