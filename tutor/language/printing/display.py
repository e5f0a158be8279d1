"""What LaTeX and Typst have in common: numbers, exponents and spaces as mathematics sets them."""

from __future__ import annotations

import re
from fractions import Fraction

from tutor.core.layout import Shape
from tutor.language.printing.notation import Level, Written, decimal

_SMALL_DENOMINATOR = 9
_PLACES = 6
_BRACKET_END = re.compile(r"\)(?:\$\)/\*\.\*/)*$")
_ACCENT_END = re.compile(r"(?:hat|macron|tilde|frac|_)\([^()]*\)(?:\$\)/\*\.\*/)*$")


def display_number(value: Fraction, fraction: str, times: str, power: str) -> Written:
    """A number: 2, a small fraction with a bar, 0.01, or 3 · 10⁻⁸.

    Args:
        value: The number.
        fraction: A template for numerator and denominator.
        times: A template for the factor in front of a power of ten.
        power: A template for a power of ten.
    """
    if value < 0:
        return Written(f"-{display_number(-value, fraction, times, power).source}", Level.SIGN)
    short = decimal(value, _PLACES)
    if value.denominator == 1 or (short and value.denominator > _SMALL_DENOMINATOR):
        return Written(short or str(value.numerator))
    digits = decimal(value, 60)
    if short or digits is None:
        return Written(fraction.format(value.numerator, value.denominator), Level.FRACTION)
    places = len(digits.partition(".")[2])
    factor = str((value * 10**places).numerator)
    if factor == "1":
        return Written(power.format(-places), Level.BEHIND)
    return Written(times.format(factor) + power.format(-places), Level.TIMES)


def marked_exponent(exponent: Fraction, shape: Shape, sign: str) -> str:
    """An exponent, with the sign of the elementwise product where H² could be taken for H H."""
    return f"{sign}{exponent}" if shape[0] == shape[1] != 1 else str(exponent)


def side_by_side(left: str, right: str, thin: str) -> str:
    """Two factors, with a thin space behind a bracket; marking a part must not move it."""
    return f"{left}{thin if _BRACKET_END.search(left) and not _ACCENT_END.search(left) else ' '}{right}"
