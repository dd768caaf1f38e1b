"""Names in one table: what the command line calls a symbol is what `bounds.SYMBOLS` says of it."""

import re
from dataclasses import replace

import pytest
import typer.main

import bounds
from quantbc.cli import app
from quantbc.commands.options import SYMBOLS, Flag

SIZES = {"class_size", "model_class_size"}  # whole numbers whose logarithms are in the table
TYPED = {flag.flag: flag for flag in SYMBOLS}
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
OPTIONS = [
    pytest.param(option, id=f"{name} {option.opts[0]}")
    for name, command in COMMANDS.items()
    for option in command.params
    if option.opts[0] in TYPED
]


def contradictions(flag: Flag) -> list[str]:
    """Where a flag says something else than the table."""
    if flag.name in SIZES:
        return [] if flag.kind is int and f"log_{flag.name}" in bounds.SYMBOLS else ["size"]
    entry = bounds.SYMBOLS[flag.name]
    given = re.search(r"\(([\d.]+)\)\.$", flag.text)
    wrong = []
    if entry.integer and flag.kind is not int:
        wrong.append("kind")
    if (None if given is None else float(given[1])) != entry.default:
        wrong.append("default")
    return wrong


@pytest.mark.parametrize("flag", SYMBOLS, ids=lambda flag: flag.flag)
def test_flags_say_what_the_table_says(flag: Flag) -> None:
    assert contradictions(flag) == []


def test_a_flag_that_says_otherwise_is_seen() -> None:
    assert contradictions(replace(TYPED["--delta"], text="Probability (0.1).")) == ["default"]
    assert contradictions(replace(TYPED["--horizon"], kind=float)) == ["kind"]


@pytest.mark.parametrize("option", OPTIONS)
def test_every_command_means_the_same_by_a_flag(option: typer.core.TyperOption) -> None:
    flag = TYPED[option.opts[0]]
    default = None if flag.name in SIZES else bounds.SYMBOLS[flag.name].default
    assert option.default in (None, default)
    assert option.type.name == "int" or flag.kind is float  # a whole number is a number, not the reverse
