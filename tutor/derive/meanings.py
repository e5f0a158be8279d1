"""What a name of a program stands for in a proof: what was declared of its entries, and its statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from tutor.core.errors import TutorError
from tutor.core.layout import named_factors, numeric_shape
from tutor.core.numbers import default_kind, draw
from tutor.core.program import Declaration, Program, resolve
from tutor.derive.adjoint import facts_of
from tutor.derive.entrywise import all_entries, entries, grows, symbols
from tutor.derive.putting_in import PutIn
from tutor.derive.zero import Lengths, TooLongError, Zero, differ

if TYPE_CHECKING:
    import sympy

MOST_NUMBERS: Final = 2000
"""Numbers of all names up to which both sides are computed at a point."""

MOST_LENGTH: Final = 100_000
"""Operations of an entry, times those of what is put into it, above which a statement is not put in."""

MOST_CASES: Final = 64
"""Ways in which one-hot rows can be up to which each is proved."""

LARGEST: Final = 1e60
"""Numbers up to which a point is used."""

_DIGITS: Final = 300
_KINDS: Final = (None, "positive", "fraction", "invertible")
"""How numbers are drawn until everything has a value: as declared, else in a way that most functions like."""

Pair = tuple["sympy.Expr", "sympy.Expr"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides of many entries, compared with what is known of the names in them.

    Attributes:
        program: What the names mean.
        sizes: The sizes of the proof.
        read: The symbols of every name that is read.
        arriving: The symbols of what arrives.
    """

    program: Program
    sizes: Mapping[str, int]
    read: Mapping[str, sympy.Matrix]
    arriving: sympy.Matrix

    def verdicts(self, pairs: Sequence[Pair]) -> list[bool | None]:
        """For each pair whether its sides are equal, exactly; None where that can be neither proved nor refuted.

        They are different where they are at numbers that keep the declared facts. They are equal where exact
        arithmetic finds it: as they stand, or with the facts, or with more and more statements put in for their names.
        """
        found: list[bool | None] = [True if one == other else None for one, other in pairs]
        for k, pair in enumerate(pairs):
            if found[k] is None and all(point is not None and differ(*pair, point.at) for point in self._points()):
                found[k] = False
        zero, lengths = Zero(), Lengths()
        for known in self._knowledge():
            left = [k for k, verdict in enumerate(found) if verdict is None]
            if not left:
                break
            try:
                put_in = {k: tuple(known.put_in(side, lengths) for side in pairs[k]) for k in left}
            except TooLongError:
                break
            for k, (one, other) in put_in.items():
                if zero.proves(one - other):
                    found[k] = True
        for k, (one, other) in enumerate(pairs):
            cases = self._cases(one.free_symbols | other.free_symbols) if found[k] is None else ()
            if cases and all(zero.proves(one.xreplace(case) - other.xreplace(case)) for case in cases):
                found[k] = True
        return found

    def _cases(self, free: Collection[Any]) -> Sequence[Mapping[Any, Any]]:
        """Every way in which the one-hot rows that a pair reads can be; none, where these are too many."""
        from sympy import Integer

        ways: list[dict[Any, Any]] = [{}]
        for name in facts_of(self.program).onehot & self.read.keys():
            matrix = self.read[name]
            rows, columns = matrix.shape
            for row in (matrix[i, :] for i in range(rows)):
                if row.free_symbols & set(free):
                    if len(ways) * columns > MOST_CASES:
                        return ()
                    ways = [way | {symbol: Integer(j == at) for j, symbol in enumerate(row)}
                            for way in ways for at in range(columns)]
        return ways if len(ways) > 1 else ()

    # --- what is known -----------------------------------------------------------------------------------------------

    def _knowledge(self) -> Iterator[_Known]:
        """Nothing; the facts; then statements too, the latest first, until only declared names are left."""
        yield _Known(())
        facts = self._facts(self.read)
        if facts:
            yield _Known((PutIn(facts),))
        opened: list[PutIn] = []
        shown = dict(self.read)
        for statement in reversed(self.program.statements):
            if statement.name not in shown:
                continue
            resolved = resolve(statement.expression, self.sizes)
            if grows(resolved, self.sizes):
                return
            for name in sorted(self.program.depends(statement.name) - set(shown)):
                shown[name] = symbols(name, numeric_shape(self.program.shapes[name], self.sizes))
            try:
                meaning = entries(resolved, shown, MOST_LENGTH // 100)
            except TooLongError:
                return
            opened.append(PutIn(dict(zip(shown[statement.name], meaning, strict=True))))
            yield _Known((*opened, PutIn(self._facts(shown))))

    def _facts(self, names: Mapping[str, sympy.Matrix]) -> dict[Any, Any]:
        """What is declared, put in: a lower entry as the upper one, the last of a row that sums to 1 as what is left.

        What is positive is an exponential, so that roots of it can be taken.
        """
        from sympy import Integer, exp

        facts, found = facts_of(self.program), dict[Any, Any]()
        for name, matrix in names.items():
            rows, columns = matrix.shape
            if name in facts.positive:  # no name of a program has a space in it
                found.update(zip(matrix, symbols(f"logarithm of {name}", matrix.shape).applyfunc(exp), strict=True))
            if name in facts.symmetric:
                found.update({matrix[i, j]: found.get(matrix[j, i], matrix[j, i]) for i in range(rows)
                              for j in range(i)})
            if name in facts.distributions:
                found.update({matrix[i, columns - 1]: Integer(1) - sum(
                    found.get(matrix[i, j], matrix[i, j]) for j in range(columns - 1)) for i in range(rows)})
        return found

    # --- numbers -----------------------------------------------------------------------------------------------------

    def _points(self) -> Iterator[_Point | None]:
        """Numbers for every symbol, at which wrong formulas differ.

        One-hot rows are drawn as any that sum to 1, which few wrong formulas survive, and then as they are.
        """
        yield self._usual
        if facts_of(self.program).onehot:
            yield self._chosen

    @cached_property
    def _usual(self) -> _Point | None:
        return self._point(chosen=False)

    @cached_property
    def _chosen(self) -> _Point | None:
        return self._point(chosen=True)

    def _point(self, chosen: bool) -> _Point | None:
        """A number for every symbol: declared ones that keep their facts, the others by their statements.

        None where they have no numbers, or too many.

        Args:
            chosen: Whether one-hot rows are drawn as such, or as any that sum to 1.
        """
        from sympy import Rational

        sizes, names = self._near, frozenset[str]().union(*(self.program.depends(name) for name in self.read))
        shapes = {name: numeric_shape(self.program.shapes[name], sizes) for name in self.program.shapes
                  if name in names}
        if sum(n * m for n, m in shapes.values()) > MOST_NUMBERS:
            return None
        for kind in _KINDS:
            try:
                values = self._values(sizes, shapes, kind, chosen)
            except (TutorError, ArithmeticError):
                continue
            if values is None:
                continue
            point = {symbol: value for name, matrix in self.read.items()
                     for symbol, value in zip(matrix, values[name], strict=True)}
            return _Point(point | {symbol: Rational(2 * i + 3, 7 + 3 * i) for i, symbol in enumerate(self.arriving)})
        return None

    @property
    def _near(self) -> dict[str, int]:
        """The sizes, but small ones where no name that is read has them."""
        seen = {factor for name in self.read for size in self.program.shapes[name] for factor in named_factors(size)}
        return {name: size if name in seen else min(size, 3) for name, size in self.sizes.items()}

    def _values(
        self, sizes: Mapping[str, int], shapes: Mapping[str, tuple[int, int]], kind: str | None, chosen: bool
    ) -> dict[str, Any] | None:
        """Numbers of all names; None where one of them, or of the formulas inside, is not a real number."""
        values: dict[str, Any] = {}
        for declaration in self.program.declarations:
            if declaration.name in shapes:
                values[declaration.name] = _drawn(declaration, shapes[declaration.name], kind, chosen)
        for statement in self.program.statements:
            if statement.name in shapes:
                formula = resolve(statement.expression, sizes)
                inside = all_entries(formula, values, digits=_DIGITS)
                found = [v.n(20) for matrix in inside.values() for v in matrix]
                # Beyond this, what should be infinite is hidden by rounding: the inverse of a singular matrix.
                if not all(v.is_real and v.is_finite and abs(v) < LARGEST for v in found):
                    return None
                values[statement.name] = inside[formula]
        return values


@dataclass(frozen=True, eq=False)
class _Point:
    """A number for every symbol, to as many digits as are asked for.

    Attributes:
        numbers: The numbers.
    """

    numbers: Mapping[Any, Any]
    _found: dict[int, PutIn] = field(default_factory=dict, repr=False)

    def at(self, digits: int) -> PutIn:
        """The numbers, put in to so many digits."""
        if digits not in self._found:
            self._found[digits] = PutIn({symbol: value.n(digits) for symbol, value in self.numbers.items()})
        return self._found[digits]


@dataclass(frozen=True)
class _Known:
    """What is put in, in this order."""

    meanings: tuple[PutIn, ...]

    def put_in(self, entry: sympy.Expr, lengths: Lengths) -> sympy.Expr:
        """An entry in which symbols are replaced by what they mean.

        Raises:
            TooLongError: it would be too long.
        """
        for meaning in self.meanings:
            used = meaning.used(entry)
            if used and lengths[entry] * max(lengths[meaning.of[symbol]] for symbol in used) > MOST_LENGTH:
                raise TooLongError
            entry = meaning[entry]
        return entry


def _drawn(declaration: Declaration, shape: tuple[int, int], kind: str | None, chosen: bool) -> Any:
    """Numbers that keep what is declared of them, exactly; one-hot rows only where they are ``chosen``."""
    import sympy

    fits = kind is not None and (kind != "invertible" or shape[0] == shape[1])
    is_one = chosen and declaration.promises("onehot")
    usual = "simplex" if declaration.promises("distribution") and not is_one else default_kind(declaration)
    array = draw(kind if kind is not None and fits and usual == "normal" else usual, shape, 1, declaration.name)
    exact = [[Fraction(float(value)).limit_denominator(1000) for value in row] for row in array]
    rows, columns = shape
    if declaration.promises("symmetric"):
        exact = [[exact[min(i, j)][max(i, j)] for j in range(columns)] for i in range(rows)]
    if declaration.promises("distribution"):
        exact = [[*row[:-1], 1 - sum(row[:-1], Fraction(0))] for row in exact]
    return sympy.Matrix(rows, columns, [sympy.Rational(v.numerator, v.denominator).n(_DIGITS)
                                        for row in exact for v in row])
