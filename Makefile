# Two commands for newcomers: `make demo` and `make test`. Both set up .venv themselves and can be repeated.
# `make test` is the stages below in this order; each can be run alone and says what it shows.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OLDEST := .venv-oldest
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

.PHONY: demo test lint types tests docs package oldest quick-benchmarks kernel kernel-record benchmarks growth mutation fuzz check-python clean

demo: $(VENV)/.package
	$(BIN)/quantbc simulate examples/reach_7dof.toml --out out/demo

test: lint types tests kernel docs package oldest quick-benchmarks
	@echo "== all stages passed"

lint: $(VENV)/.test
	@echo "== lint: ruff finds no fault and nothing to format"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	@echo "== types: mypy --strict"
	$(BIN)/mypy --strict

tests: $(VENV)/.test
	@echo "== tests: statements, proofs, simulators, figures, command line, browser, architecture and every doctest"
	$(PYTEST) --ignore=tests/docs --ignore=tests/packaging

kernel: $(VENV)/.package
	@echo "== kernel: every Rocq proof compiles, coqchk reads it again, it states what the record says; skipped without Rocq"
	$(BIN)/python -m proofs_check.kernel out/kernel

kernel-record: $(VENV)/.package
	$(BIN)/python -m proofs_check.kernel out/kernel --write

docs: $(VENV)/.test
	@echo "== docs: built with warnings as errors (into out/docs); every block and command shown runs"
	$(PYTEST) tests/docs

package: $(VENV)/.test
	@echo "== package: wheel and sdist build, install in an empty environment and work there"
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/packaging

# Warnings are no errors here: old releases of our dependencies call functions that newer ones of theirs deprecate. Images,
# proof pages and what the kernel is given are not compared: they are those of the newest releases (sympy writes remainders
# in another form since).
# Properties draw a few times only: what differs between releases is what they are called with, not what our own code computes.
oldest: $(OLDEST)/.installed
	@echo "== oldest: the tests pass with the oldest releases that setup.cfg allows"
	QUANTBC_DRAWS=5 $(OLDEST)/bin/python -m pytest -n auto --dist worksteal -q -p no:cacheprovider --import-mode=importlib \
		-o addopts= -o filterwarnings=default -W ignore::DeprecationWarning --disable-warnings -m "not slow" \
		--deselect tests/proofs_check/test_pages.py::test_committed_pages_have_not_drifted \
		--ignore tests/proofs_check/kernel/test_printing.py \
		tests/bounds tests/simulators tests/proofs_check tests/figures tests/quantbc

quick-benchmarks: $(VENV)/.test
	@echo "== quick-benchmarks: the rows of the speed table are measured; times are not judged"
	$(BIN)/python -m benchmarks --quick

benchmarks: $(VENV)/.test
	$(BIN)/python -m benchmarks

growth: $(VENV)/.test
	$(BIN)/python -m benchmarks.growth --out out/growth

fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz.bench --cases 10000 --out docs/faults.md

mutation: $(VENV)/.test
	$(BIN)/python -m tests.mutation bounds --sample 1000
	$(BIN)/python -m tests.mutation proofs_check --sample 600

check-python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "quantbc needs $(PYTHON) >= 3.11 with the venv module (on Debian: apt install python3-venv), or set PYTHON=..." >&2; exit 1; }

$(BIN)/python: | check-python
	$(PYTHON) -m venv $(VENV)

$(VENV)/.package: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fast]'  # numba compiles the demo's roll-outs
	@touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(OLDEST)/.installed: setup.cfg pyproject.toml $(VENV)/.test
	$(PYTHON) -m venv --clear $(OLDEST)
	$(BIN)/uv pip install --quiet --system-certs --python $(OLDEST)/bin/python --resolution lowest-direct --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) $(OLDEST) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache
