"""Theorem objects: frozen, complete descriptions of what a statement says. Nothing here evaluates, prints or draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bounds.errors import ParameterError
from bounds.terms import Form, Refinable, Term
from bounds.values import Need, Values

if TYPE_CHECKING:
    import sympy


class Sense(Enum):
    """Whether the quantity is at most or at least the value."""

    UPPER = "upper"
    LOWER = "lower"


class Provenance(Enum):
    """Where a statement comes from."""

    PAPER = "paper"  # the form is the paper's
    EXPLICIT = "explicit"  # the paper's statement with every constant written out and proved
    OURS = "ours"  # a corollary, witness or finding that the paper does not claim
    CITED = "cited"  # from another paper; its constant is not proved again here


@dataclass(frozen=True)
class Assumption:
    """One hypothesis of a statement.

    Attributes:
        name: predicate name.
        sentence: what is assumed.
        requirement: the inequality in symbols, where it can be checked on the values alone.
        holds: values to a boolean array, for a checkable requirement.
    """

    name: str
    sentence: str
    requirement: str | None = None
    holds: Callable[[Values], Any] | None = None


@dataclass(frozen=True)
class Theorem:
    """A statement: some quantity is at most (or at least) the sum of its terms.

    Attributes:
        key: name in the catalog.
        title: a phrase.
        sense: upper or lower.
        provenance: paper, explicit, ours or cited.
        source: paper, version and number.
        statement: the claim in words.
        assumptions: its hypotheses.
        terms: summands by name, in order.
        paper_rate: the order as displayed in the paper, LaTeX.
        increasing: symbols of the preferred spelling in which the value is non-decreasing.
        decreasing: symbols of the preferred spelling in which the value is non-increasing.
        undirected: symbols in which it may do either.
        tight: pairs (witness, term): the class in `simulators.witnesses.library` whose exact number attains the bound,
            and a term that it needs in full: the bound with 0.999 of that term is broken, in the limit that the witness
            states. Names, because this package imports nothing; a test runs every pair. Empty if no witness is known.
        within: pairs (witness, factor): instances on which the bound is at most factor times what is attained, where
            a term is not known to be attained by any.
        fails_without: pairs (counterexample, assumption): the class in `simulators.witnesses` on which the bound fails,
            and the one assumption that it lacks.
        quantity: what is bounded, with its unit.
        left: what is bounded, LaTeX; by default the regret, and for an upper bound its modulus: rewards r and 1 - r
            give both signs.
        ceiling: trivial bound on the quantity: ``"H"``, a number, or ``None``.
        forms: forms it has, preferred first.
    """

    key: str
    title: str
    sense: Sense
    provenance: Provenance
    source: str
    statement: str
    assumptions: tuple[Assumption, ...]
    terms: Mapping[str, Term]
    paper_rate: str
    increasing: tuple[str, ...]
    decreasing: tuple[str, ...]
    tight: tuple[tuple[str, str], ...]
    quantity: str = "total regret over the horizon, reward units"
    left: str = ""
    ceiling: str | float | None = "H"
    forms: tuple[Form, ...] = ("sharp", "simple")
    undirected: tuple[str, ...] = ()
    within: tuple[tuple[str, float], ...] = ()
    fails_without: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", MappingProxyType(dict(self.terms)))
        two_sided = r"|\mathrm{Regret}|" if self.sense is Sense.UPPER else r"\mathrm{Regret}"
        object.__setattr__(self, "left", self.left or two_sided)
        assumed = {assumption.name for assumption in self.assumptions}
        for pair in self.fails_without:
            if len(pair) != 2 or pair[1] not in assumed:
                raise ParameterError(
                    f"fails_without of {self.key} must pair a counterexample with one of its assumptions, got {pair!r}"
                )
        for pair in self.tight:
            if len(pair) != 2 or pair[1] not in self.terms:
                raise ParameterError(f"tight of {self.key} must pair a witness with one of its terms, got {pair!r}")

    def __repr__(self) -> str:
        return f"<{self.key}: {self.title}>"

    def _repr_latex_(self) -> str:
        from bounds.typeset import align

        return align(self)

    @property
    def attained_by(self) -> str:
        """Its witnesses, each with the term that it needs in full, or with the factor by which it misses the bound.

        Example:
            >>> from bounds import catalog
            >>> catalog["theorem_7"].attained_by
            'MirroredLabels (imitation), Drift (drift)'
        """
        named = [f"{witness} ({term})" for witness, term in self.tight]
        near = [f"{witness} (within a factor {factor:g})" for witness, factor in self.within]
        return ", ".join(named + near) or "no known witness"

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What the terms depend on, in the order of first use."""
        return tuple(dict.fromkeys(wanted for term in self.terms.values() for wanted in term.needs))

    @property
    def symbols(self) -> tuple[str, ...]:
        """Keyword names of the preferred spelling, without the optional ones."""
        asked = (wanted for wanted in self.needs if not wanted.optional)
        return tuple(dict.fromkeys(name for wanted in asked for name in wanted.alternatives[0]))

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Keyword names that may be omitted and sharpen the statement; its value is non-decreasing in them.

        Example:
            >>> from bounds.catalog import catalog
            >>> catalog["theorem_2"].options
            ('return_range', 'return_std')
        """
        sharper = (wanted for wanted in self.needs if wanted.optional and not wanted.widens)
        return tuple(dict.fromkeys(wanted.alternatives[0][0] for wanted in sharper))

    @cached_property
    def widened_by(self) -> tuple[str, ...]:
        """Keyword names that may be left out and otherwise give the statement a wider scope, at a price.

        Example:
            >>> from bounds.catalog import catalog
            >>> catalog["theorem_3"].widened_by
            ('log_misspecification', 'log_cover')
        """
        return tuple(dict.fromkeys(wanted.alternatives[0][0] for wanted in self.needs if wanted.widens))

    def moved_by(self, name: str) -> tuple[str, ...]:
        """Names of the terms that depend on a symbol, in any spelling.

        Example:
            >>> from bounds.catalog import catalog
            >>> catalog["theorem_2"].moved_by("n")
            ('imitation',)
        """
        spelled = {
            term: {symbol for wanted in part.needs for names in wanted.alternatives for symbol in names}
            for term, part in self.terms.items()
        }
        return tuple(term for term, names in spelled.items() if name in names)

    def form(self, form: str | None) -> Form:
        """The form asked for, or the preferred one.

        Raises:
            ParameterError: the statement has no such form.
        """
        if form is None:
            return self.forms[0]
        for known in self.forms:
            if form == known:
                return known
        raise ParameterError(f"form of {self.key} must be {' or '.join(self.forms)}, got {form!r}")

    def refined(self, form: str | None = None) -> dict[str, sympy.Expr]:
        """Formula of every term with the optional symbols, where `parts` takes them at their largest.

        Example:
            >>> from bounds.catalog import catalog
            >>> catalog["binning_lipschitz"].refined("simple")["imitation"]
            return_range*(log_class_size - log(delta))/n
        """
        chosen = self.form(form)
        sharpened = {name: term for name, term in self.terms.items() if isinstance(term, Refinable)}
        return self.parts(form) | {name: term.refined(chosen) for name, term in sharpened.items()}

    def parts(self, form: str | None = None) -> dict[str, sympy.Expr]:
        """Formula of every term, in the symbols of the table; optional ones do not occur.

        Example:
            >>> from bounds.catalog import catalog
            >>> catalog["theorem_8"].parts()["quantization"]
            H*eps_q
        """
        chosen = self.form(form)
        if chosen not in self._written:  # sympy takes long
            self._written[chosen] = {name: term.symbolic(chosen) for name, term in self.terms.items()}
        return dict(self._written[chosen])

    @cached_property
    def _written(self) -> dict[str, dict[str, sympy.Expr]]:
        return {}

    def expression(self, form: str | None = None) -> sympy.Expr:
        """The whole bound as one formula: the sum of its parts.

        Example:
            >>> from bounds.catalog import catalog
            >>> sorted(str(s) for s in catalog["theorem_7"].expression("simple").free_symbols)[:4]
            ['C', 'H', 'L_u', 'L_x']
        """
        import sympy

        return sympy.Add(*self.parts(form).values())
