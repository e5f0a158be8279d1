"""Whether a formula of SymPy is zero: by exact arithmetic, with bounded work.

A formula is read as a sum of terms: a number times powers of *generators*. Generators are symbols, exponentials of
single terms, other functions of sums, and sums themselves wherever they stand in a denominator, below a root or in a
product too long to multiply out. Last, every such sum is multiplied out, the latest first. Nothing left is a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any, Final

from tutor.derive.putting_in import PutIn

if TYPE_CHECKING:
    import sympy

MOST_PRODUCTS: Final = 40_000
"""Products of two terms after which no proof is looked for any more."""

MOST_TERMS: Final = 64
"""Terms up to which a product of sums is multiplied out at once; a longer one only when all else is done."""

MOST_BITS: Final = 20_000
"""Length of a power of a number above which it is not computed."""

ONE: Final = Fraction(1)

Power = int | Fraction
"""Whole ones are integers, which are faster than fractions and equal to them."""

Term = tuple[tuple[int, Power], ...]
"""Generators, by number, and their powers."""

Sum = dict[Term, Fraction]
"""Terms and their numbers; none of these is 0."""


class TooLongError(Exception):
    """Exact arithmetic would take longer than it may, or cannot say it."""


class Lengths(dict[Any, int]):
    """How many operations a formula of SymPy has, written out; what stands in it twice is walked through once."""

    def __missing__(self, formula: Any) -> int:
        parts = formula.args
        own = len(parts) - 1 if formula.is_Add or formula.is_Mul else 1
        length = own + sum(self[part] for part in parts) if parts else 0
        self[formula] = length
        return length


class Zero:
    """Proofs that formulas are zero, which share one limit and what they have read.

    Args:
        most: How many products of two terms all of them may take.
    """

    def __init__(self, most: int = MOST_PRODUCTS) -> None:
        self._left = most
        self._numbers: dict[Hashable, int] = {}
        self._meanings: list[Sum | None] = []
        self._exponentials: set[int] = set()
        self._switches: set[int] = set()
        self._known: dict[sympy.Basic, Sum] = {}

    def proves(self, formula: sympy.Expr) -> bool:
        """Whether a formula is shown to be zero; where not, it may still be."""
        import sympy

        if formula.is_Mul and not formula.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) and any(
                self.proves(part) for part in formula.args if part.is_Add):
            return True
        try:
            return self._vanishes(self._read(formula))
        except (TooLongError, RecursionError):
            return False

    # --- sums of terms -----------------------------------------------------------------------------------------------

    def _generator(self, key: Hashable, meaning: Sum | None = None) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._meanings)
            self._meanings.append(meaning)
        return self._numbers[key]

    def _spend(self, products: int) -> None:
        self._left -= products
        if self._left < 0:
            raise TooLongError

    def _plus(self, one: Sum, other: Sum) -> Sum:
        self._spend(len(other))
        total = dict(one)
        for term, number in other.items():
            known = total.get(term)
            value = number if known is None else known + number
            if value:
                total[term] = value
            else:
                total.pop(term, None)
        return total

    def _times(self, one: Sum, other: Sum) -> Sum:
        self._spend(len(one) * len(other))
        total: Sum = {}
        for a, p in one.items():
            for b, q in other.items():
                term = _joined(a, b)
                known = total.get(term)
                value = p * q if known is None else known + p * q
                if value:
                    total[term] = value
                else:
                    total.pop(term, None)
        return total

    def _product(self, one: Sum, other: Sum) -> Sum:
        """A product, multiplied out while it is short."""
        if len(one) > 1 and len(other) > 1 and len(one) * len(other) > MOST_TERMS:
            one, other = self._kept(one, 1), self._kept(other, 1)
        return self._times(one, other)

    def _power(self, base: Sum, power: Power) -> Sum:
        whole = power.denominator == 1
        if not base:
            if power > 0:
                return {}
            raise TooLongError
        if len(base) == 1:
            [(term, number)] = base.items()
            if whole:
                bits = max(number.numerator.bit_length(), number.denominator.bit_length())
                if max(power, -power) * (bits - 1) > MOST_BITS:
                    raise TooLongError
                return {_raised(term, power): number ** int(power)}
            # Only of what is positive, or alone, a root can be taken factor by factor.
            if number == 1 and (all(g in self._exponentials for g, _ in term) or (len(term) == 1 and term[0][1] == 1)):
                return {_raised(term, power): ONE}
        elif whole and power > 0 and len(base) ** min(int(power), 9) <= MOST_TERMS:
            result = base
            for _ in range(int(power) - 1):
                result = self._times(result, base)
            return result
        return self._kept(base, power)

    def _kept(self, base: Sum, power: Power) -> Sum:
        """A power of a sum as a single term: what all its terms share, and a generator for the rest."""
        if len(base) == 1 and power.denominator == 1:
            return self._power(base, power)
        shared = dict(next(iter(base)))
        for term in base:
            powers = dict(term)
            shared = {g: min(shared.get(g, 0), powers.get(g, 0)) for g in {*shared, *powers}}
        number = ONE
        if power.denominator == 1:
            number = base[max(base)]
        else:
            shared = {g: p for g, p in shared.items() if g in self._exponentials}
        front: Term = tuple(sorted((g, p) for g, p in shared.items() if p))
        rest = self._times(base, {_raised(front, -1): 1 / number})
        generator = self._generator(("sum", frozenset(rest.items())), rest)
        alone = {_joined(_raised(front, power), ((generator, power),)): ONE}
        return self._times(self._power({(): number}, power), alone)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _read(self, formula: Any) -> Sum:
        if formula not in self._known:
            self._known[formula] = self._reading(formula)
        return self._known[formula]

    def _reading(self, formula: Any) -> Sum:
        import sympy

        if formula.is_Rational:
            return {(): Fraction(int(formula.p), int(formula.q))} if formula != 0 else {}
        if formula.is_Add:
            total: Sum = {}
            for part in formula.args:
                total = self._plus(total, self._read(part))
            return total
        if formula.is_Mul:
            result: Sum = {(): ONE}
            for part in sorted(map(self._read, formula.args), key=len):
                result = self._product(result, part)
            return result
        if isinstance(formula, sympy.Abs) and formula.args[0].is_real:
            inner = self._read(formula.args[0])
            return self._power(self._product(inner, inner), Fraction(1, 2))
        if isinstance(formula, sympy.exp):
            return self._exponential(self._read(formula.args[0]))
        if isinstance(formula, sympy.tanh):
            doubled = self._times({(): Fraction(2)}, self._read(formula.args[0]))
            below = self._plus(self._exponential(doubled), {(): ONE})
            return self._plus({(): ONE}, self._times({(): Fraction(-2)}, self._power(below, -1)))
        if formula.is_Pow and formula.exp.is_Rational:
            return self._power(self._read(formula.base), _whole(Fraction(int(formula.exp.p), int(formula.exp.q))))
        if isinstance(formula, sympy.Piecewise):
            return self._cases(formula.args)
        if formula.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise TooLongError
        key: Hashable = formula
        if isinstance(formula, sympy.Function):
            key = (type(formula).__name__, *(frozenset(self._read(part).items()) for part in formula.args))
        return {((self._generator(key), 1),): ONE}

    def _exponential(self, exponent: Sum) -> Sum:
        """The exponential of a sum: a product of those of its terms."""
        powers = {}
        for term, number in exponent.items():
            generator = self._generator(("exp", term))
            self._exponentials.add(generator)
            powers[generator] = _whole(number)
        return {tuple(sorted(powers.items())): ONE}

    def _cases(self, cases: Any) -> Sum:
        """A choice between cases: each times a switch that is 1 where it applies and 0 elsewhere."""
        from sympy.logic.boolalg import ITE

        total: Sum = {}
        rest: Sum = {(): ONE}
        before: tuple[object, ...] = ()
        for value, condition in cases:
            if condition.has(ITE):  # a condition on a choice, as of step(relu(a)): a > 0, if a > 0
                condition = condition.to_nnf()
            before = (*before, condition)
            if condition == True:  # noqa: E712 — SymPy's own truth
                switch = rest
            else:
                generator = self._generator(("case", before))
                self._switches.add(generator)
                switch = {((generator, 1),): ONE}
            rest = self._plus(rest, self._times({(): -ONE}, switch))
            total = self._plus(total, self._product(switch, self._read(value)))
        return total

    # --- nothing left ------------------------------------------------------------------------------------------------

    def _vanishes(self, formula: Sum) -> bool:
        done: set[int] = set()
        while formula:
            found = {g for term in formula for g, _ in term if self._meanings[g] is not None} - done
            if not found:
                break
            latest = max(found)  # it holds only earlier ones
            done.add(latest)
            formula = self._multiplied_out(formula, latest)
        return not self._switched(formula)

    def _multiplied_out(self, formula: Sum, generator: int) -> Sum:
        """A formula times a power of a sum, such that the sum stands nowhere below, with its powers multiplied out."""
        meaning = self._meanings[generator]
        assert meaning is not None
        self._spend(len(formula))
        powers = {term: dict(term).get(generator, 0) for term in formula}
        lowest = min(map(floor, powers.values()))
        classes: dict[Power, dict[int, Sum]] = {}
        for term, power in powers.items():
            part = power - floor(power)
            others = tuple((g, p) for g, p in term if g != generator)
            same = classes.setdefault(part, {}).setdefault(floor(power) - lowest, {})
            same[others] = formula[term]
        total: Sum = {}
        for part, by_power in classes.items():
            result: Sum = {}
            for whole in range(max(by_power), -1, -1):
                result = self._plus(self._times(result, meaning), by_power.get(whole, {}))
                self._spend(1)
            if part:
                result = self._times(result, {((generator, part),): ONE})
            total = self._plus(total, result)
        return total

    def _switched(self, formula: Sum) -> Sum:
        """A switch is its own square."""
        total: Sum = {}
        for term, number in formula.items():
            settled = tuple((g, 1 if g in self._switches and p > 0 else p) for g, p in term)
            total = self._plus(total, {settled: number})
        return total


def _whole(power: Power) -> Power:
    return power.numerator if power.denominator == 1 else power


def _joined(one: Term, other: Term) -> Term:
    if not one or not other:
        return one or other
    powers = dict(one)
    for generator, power in other:
        powers[generator] = _whole(powers[generator] + power) if generator in powers else power
    return tuple(sorted([(g, p) for g, p in powers.items() if p]))


def _raised(term: Term, power: Power) -> Term:
    return term if power == 1 else tuple([(g, _whole(p * power)) for g, p in term])


def differ(one: sympy.Expr, other: sympy.Expr, point: Callable[[int], PutIn]) -> bool:
    """Whether two formulas are different numbers at a point; not, where they are none there.

    Args:
        one: A formula.
        other: Another.
        point: Every symbol's number, to so many digits.
    """
    import sympy

    before: list[Any] = []
    for digits in (50, 250):  # a difference that is rounding shrinks with more digits
        values = [point(digits)[formula].n(digits) for formula in (one, other)]
        if not all(value.is_Number and value.is_finite for value in values):
            return False
        gap = abs(values[0] - values[1])
        if not gap > sympy.Float("1e-20", digits) * max(1, *map(abs, values)):
            return False
        # And what divides by rounding, as the inverse of a singular matrix does, changes with the digits.
        if any(abs(new - old) > 1e-15 * max(1, abs(new)) for new, old in zip(values, before, strict=False)):
            return False
        before = values
    return True
