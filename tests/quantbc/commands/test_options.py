"""Flags of the theory's symbols: one table, every command the same."""

import inspect

import pytest

import bounds
from quantbc.commands.options import BINNING, SYMBOLS, remaining, saying_flags, with_flags, with_statement_flags
from quantbc.errors import ProblemError


def test_every_flag_names_a_symbol_of_the_theory() -> None:
    known = set(bounds.SYMBOLS) | {"class_size", "model_class_size"}
    assert {flag.name for flag in SYMBOLS} <= known


def test_flags_and_names_are_distinct() -> None:
    every = (*SYMBOLS, *BINNING, *remaining())
    assert len({flag.flag for flag in every}) == len({flag.name for flag in every}) == len(every)


def test_every_symbol_of_the_theory_has_a_flag() -> None:
    assert {flag.name for flag in (*SYMBOLS, *BINNING, *remaining())} >= set(bounds.SYMBOLS)


def test_a_command_keeps_its_own_arguments_and_gains_the_flags() -> None:
    seen: dict[str, object] = {}

    @with_statement_flags
    def command(theorem: str, **flags: object) -> None:
        seen.update(flags, theorem=theorem)

    names = list(inspect.signature(command).parameters)
    assert names == ["theorem", *(flag.name for flag in (*BINNING, *SYMBOLS))]
    command(theorem="theorem_2", H=5)
    assert seen == {"theorem": "theorem_2", "H": 5}


def test_a_message_about_a_symbol_names_its_flags() -> None:
    assert with_flags("H must be a whole number >= 1, got -3.0").endswith("got -3.0 (H is --horizon)")
    assert with_flags("needs L or lipschitz or modulus, but L was not given").endswith(" (L is --tv-lipschitz)")
    assert with_flags("needs eps_q, but eps_q was not given").endswith(" (eps_q is --eps-q or --bins)")
    assert with_flags("needs log_class_size").endswith("(log_class_size is --log-class-size or --class-size)")


def test_a_message_that_names_no_other_symbol_stays_as_it_is() -> None:
    for message in (
        "delta must be a number in (0, 1), got 5.0",
        "no neighbour of class_size",
        "eps is no eps_quantizer",
    ):
        assert with_flags(message) == message


def test_a_command_says_by_which_flag_a_missing_symbol_is_given() -> None:
    @with_statement_flags
    def command(**flags: object) -> None:
        bounds.evaluate(bounds.catalog["theorem_8"], H=50, eps_q=0.1)

    with pytest.raises(ProblemError, match=r"needs n, but n was not given \(n is --demos\)$"):
        command()


def test_a_command_names_all_that_is_missing_at_once() -> None:
    @with_statement_flags
    def command(**flags: object) -> None:
        bounds.evaluate(bounds.catalog["theorem_8"], H=50)

    with pytest.raises(
        ProblemError, match=r"needs n, eps_q, but n, eps_q were not given \(eps_q is .*, n is --demos\)$"
    ):
        command()


def test_a_command_with_flags_of_its_own_names_them_too() -> None:
    @saying_flags
    def command(demos: float) -> None:
        bounds.evaluate(bounds.catalog["theorem_2"], H=50, n=demos, eps_q=0.1, C=0.0, eta=0.0, L=0.0)

    assert list(inspect.signature(command).parameters) == ["demos"]
    with pytest.raises(
        ProblemError, match=r"needs log_class_size, .* \(log_class_size is --log-class-size or --class-size\)$"
    ):
        command(demos=-1.0)


def test_other_errors_pass_as_they_are() -> None:
    @with_statement_flags
    def command(**flags: object) -> None:
        raise ValueError("n")

    with pytest.raises(ValueError, match=r"^n$") as caught:
        command()
    assert caught.type is ValueError
