"""Flags of the theory's symbols: one table, every command the same."""

import inspect

import bounds
from quantbc.options import BINNING, SYMBOLS, with_statement_flags


def test_every_flag_names_a_symbol_of_the_theory() -> None:
    known = set(bounds.SYMBOLS) | {"class_size", "model_class_size"}
    assert {flag.name for flag in SYMBOLS} <= known


def test_flags_and_names_are_distinct() -> None:
    every = (*SYMBOLS, *BINNING)
    assert len({flag.flag for flag in every}) == len({flag.name for flag in every}) == len(every)


def test_a_command_keeps_its_own_arguments_and_gains_the_flags() -> None:
    seen: dict[str, object] = {}

    @with_statement_flags
    def command(theorem: str, **flags: object) -> None:
        seen.update(flags, theorem=theorem)

    names = list(inspect.signature(command).parameters)
    assert names == ["theorem", *(flag.name for flag in (*BINNING, *SYMBOLS))]
    command(theorem="theorem_2", H=5)
    assert seen == {"theorem": "theorem_2", "H": 5}
