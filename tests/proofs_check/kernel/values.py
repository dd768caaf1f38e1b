r"""The printed terms as numbers: Rocq computes what ``Catalog.v`` says, over its rationals.

The file is read a second time with other notations: R is Q, a sum is a loop, a square root is exact on squares and
right to 20 digits elsewhere, the logarithm of a number not far from 1 is 40 terms of its series. So the
text that the theorems speak of is compared with `bounds.evaluate`, and the printer need not be trusted.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from proofs_check.kernel.printing import FILE
from proofs_check.kernel.rocq import run

Point = Mapping[str, int | Fraction]
"""A number for each argument of a definition."""

_LOGARITHM = r" \(ln : R -> R\)"
_PRELUDE = r"""
Require Import QArith Qminmax ZArith.
Open Scope Q_scope.
Notation R := Q.
Fixpoint repeat (op : Q -> Q -> Q) (unit : Q) (low count : nat) (f : nat -> Q) : Q :=
  match count with O => unit | S rest => Qred (op (repeat op unit low rest f) (f (low + rest)%nat)) end.
Notation "\sum_ ( low <= i < high ) f" := (repeat Qplus 0 low (high - low)%nat (fun i => f))
  (at level 41, i at level 0, low, high at level 50, f at level 41).
Notation "\prod_ ( low <= i < high ) f" := (repeat Qmult 1 low (high - low)%nat (fun i => f))
  (at level 36, i at level 0, low, high at level 50, f at level 36).
Delimit Scope nat_scope with N.
Notation "m %% n" := (Nat.modulo m n) (at level 40, left associativity) : nat_scope.
Notation "m %/ n" := (Nat.div m n) (at level 40, left associativity) : nat_scope.
Notation "n .+1" := (S n) (at level 2, left associativity, format "n .+1").
Notation "n .-1" := (pred n) (at level 2, left associativity, format "n .-1").
Notation "n %:R" := (inject_Z (Z.of_nat n)) (at level 2, left associativity, format "n %:R").
Notation "x ^+ n" := (Qred (x ^ Z.of_nat n)) (at level 29, left associativity).
Notation "x ^-1" := (Qinv x) (at level 3, left associativity, format "x ^-1").
Definition ln (x : Q) : Q :=
  let z := Qred ((x - 1) / (x + 1)) in let square := Qred (z * z) in
  let fix series (rest : nat) (k : positive) (power sum : Q) : Q :=
    match rest with O => sum | S rest =>
      series rest (k + 2)%positive (Qred (power * square)) (Qred (sum + power * (1 # k))) end
  in (2 # 1) * series 40%nat 1%positive z 0.
Module Num.
Definition min := Qmin.
Definition max := Qmax.
Definition sqrt (x : Q) : Q :=
  let y := Qred x in
  if Z.eqb (Z.sqrt (Qnum y) * Z.sqrt (Qnum y)) (Qnum y) && Pos.eqb (Pos.sqrt (Qden y) * Pos.sqrt (Qden y)) (Qden y)
  then Z.sqrt (Qnum y) # Pos.sqrt (Qden y)
  else Qred (Z.sqrt (Qnum y * Zpos (Qden y) * 10 ^ 40) # (Qden y * 10 ^ 20)).
End Num.
"""


def arguments(text: str) -> dict[str, tuple[str, ...]]:
    r"""The arguments of every total that the text defines, in Rocq's order.

    Example:
        >>> arguments("Section s.\nVariables (R : rcfType) (H n : nat) (a : R).\nDefinition s : R := a.\nEnd s.")
        {'s': ('H', 'n', 'a')}
    """
    found = {}
    sections = rf"^Section (\w+)\.\nVariables \(R : \w+\)(?:{_LOGARITHM})?(.*)\.$"
    for section in re.findall(sections, text, flags=re.MULTILINE):
        name, variables = section
        found[name] = tuple(word for names in re.findall(r"\(([\w ]+) :", variables) for word in names.split())
    return found


def _literal(value: int | Fraction) -> str:
    if isinstance(value, int):
        return f"{value}%nat"
    return f"({value.numerator} # {value.denominator})"


def computed(points: Mapping[str, Sequence[Point]], text: str | None = None) -> dict[str, list[Fraction]]:
    """The value of each statement at each point.

    Args:
        points: for each key where to compute it: whole numbers for arguments of type nat, fractions for the others.
        text: the printed file, by default the one that ships.

    Raises:
        KernelError: Rocq does not accept the text.
    """
    given = FILE.read_text(encoding="utf-8") if text is None else text
    body = re.sub(rf" \(R : (?:rcfType|realFieldType)\)(?:{_LOGARITHM})?", "", given[given.index("Section ") :])
    body = re.sub(r"\b(\d+)%:R", r"\1", body)
    order = arguments(given)
    asked = [
        f"Eval vm_compute in let x := Qred ({key} {' '.join(_literal(point[name]) for name in order[key])}) in "
        "(Qnum x, Qden x)."
        for key, places in points.items()
        for point in places
    ]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Values.v").write_text("\n".join([_PRELUDE, body, *asked]) + "\n", encoding="utf-8")
        answers = run(["coqc", "-q", "Values.v"], Path(folder))
    numbers = iter(re.findall(r"^\s*= \((-?\d+)%Z,\s+(\d+)%positive\)$", answers, flags=re.MULTILINE))
    return {key: [Fraction(*map(int, next(numbers))) for _ in places] for key, places in points.items()}
