"""Command lines as Hypothesis strategies: flags come from the command line's own tables, values from here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import typer.main
from hypothesis import strategies as st

import bounds
from quantbc.cli import app

Words = tuple[str, ...]

ODD = (
    *(
        "",
        " ",
        "-",
        "--",
        "=",
        "0",
        "-0.0",
        "-1",
        "nan",
        "-nan",
        "inf",
        "-inf",
        "Infinity",
        "1e400",
        "-1e400",
        "1e-400",
    ),
    *("5e-324", "1.7976931348623157e308", "1e308", "1e-300", "0.1e", "1_000", "0x10", "٣", "½", "ten", "None", "True"),
    *("9" * 25, "9" * 400, "-" + "9" * 30, "a\nb", "ü" * 300, "\udcff", "\u202e", "'; DROP TABLE cells; --", "[bold]x"),
)
"""Values that something may trip over; ``\\udcff`` is what a byte that is no UTF-8 arrives as."""

NUMBERS = (
    "1",
    "2",
    "3",
    "7",
    "10",
    "50",
    "1000",
    "0.5",
    "0.05",
    "0.001",
    "0.25",
    "0.9",
    "0.999999999",
    "1.0",
    "1e6",
    "20",
)


@cache
def flags(command: str) -> dict[str, bool]:
    """The flags of a command and whether each takes a value."""
    group = typer.main.get_command(app)
    parameters = group.commands[command].params  # type: ignore[attr-defined]
    return {
        name: not parameter.is_flag
        for parameter in parameters
        if parameter.param_type_name == "option"
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


@cache
def commands() -> tuple[str, ...]:
    """Every command there is."""
    return tuple(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def values() -> st.SearchStrategy[str]:
    """A value that may fit, or may not."""
    return st.one_of(
        st.sampled_from(NUMBERS),
        st.sampled_from(NUMBERS),
        st.sampled_from(ODD),
        st.floats().map(repr),
        st.integers(-(10**7), 10**6).map(str),
        st.text(st.characters(exclude_characters="\0"), max_size=8),
    )


def pieces(command: str, without: Sequence[str] = ()) -> st.SearchStrategy[Words]:
    """One flag of the command, or one that is not, with a value, without, or with two."""
    known = {name: takes for name, takes in flags(command).items() if name not in without}
    known |= {"--help": False, "--colour": True, "-x": False, "--": False}
    name = st.sampled_from(sorted(known))
    good = st.tuples(name, values()).map(lambda pair: pair if known[pair[0]] else (pair[0],))
    bad = st.tuples(name, values()).flatmap(
        lambda pair: st.sampled_from([(pair[0],), pair, (f"{pair[0]}={pair[1]}",), (*pair, pair[1]), (pair[1],)])
    )
    return st.one_of(good, good, good, bad)


def joined(parts: Sequence[Words]) -> Words:
    """The words of all parts in a row."""
    return tuple(word for part in parts for word in part)


def keys() -> st.SearchStrategy[str]:
    """A statement's key, nearly always."""
    return st.one_of(*[st.sampled_from(list(bounds.catalog))] * 6, st.sampled_from(ODD))


@st.composite
def evaluations(draw: st.DrawFn, command: str) -> Words:
    """`bound` or `plan` with what a statement needs, now and then something else, and a few flags more."""
    key = draw(keys())
    words: list[Words] = [(command, "--theorem", key)]
    if command == "plan":
        unknown = draw(st.sampled_from(["demos", "bins", "horizon", "horizon", "steps"]))
        words.append(("--solve-for", unknown))
        words.append(("--target", draw(values())))
        if unknown == "bins":
            words.append(("--low", "-1", "--high", draw(values())))
    else:
        unknown = ""
    taken = {"demos": "n", "bins": "eps_q", "horizon": "H"}.get(unknown)
    for need in bounds.catalog[key].needs if key in bounds.catalog else ():
        names = [
            name for name in draw(st.sampled_from(need.alternatives)) if name != taken and draw(st.integers(0, 11))
        ]
        words += [_given(name, draw(st.one_of(*[st.sampled_from(NUMBERS)] * 5, values()))) for name in names]
    extra = draw(st.lists(pieces(command), max_size=2))
    return joined([*words, *extra, *draw(st.sampled_from([(), (("--json",),)]))])


def _given(name: str, value: str) -> Words:
    from quantbc.commands.options import SYMBOLS

    for flag in SYMBOLS:
        if flag.name == name:
            return flag.flag, value
    return "--set", f"{name}={value}"


@st.composite
def scattered(draw: st.DrawFn, command: str, heads: Sequence[Words], without: Sequence[str] = ()) -> Words:
    """A command with one of some beginnings and any of its flags."""
    head = draw(st.sampled_from(list(heads)))
    return joined([(command,), head, *draw(st.lists(pieces(command, without), max_size=4))])
