"""The signs and words of the language: what stands for which token, in Unicode and in LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.language.names import GREEK, SUBSCRIPTS
from tutor.ops import FUNCTIONS, SIZED

VECTOR_NORM: Final = "norm"
"""The length of a vector, as the lexer calls it; of a matrix several norms are written like that."""

OPERATORS: Final[Mapping[str, str]] = {
    "+": "PLUS", "-": "MINUS", "−": "MINUS", "–": "MINUS", "*": "STAR", "∘": "STAR", "◦": "STAR", "⊙": "STAR",
    "∗": "STAR", "@": "AT", "·": "AT", "⋅": "AT", "×": "AT", "⊗": "KRON", "/": "SLASH", "÷": "SLASH", "∕": "SLASH",
    "**": "POW", "^": "CARET", ":": "COLON", ":=": "EQUALS", "≔": "EQUALS", "=": "EQUALS", ",": "COMMA",
    "'": "QUOTE", "′": "QUOTE", "’": "QUOTE",
}
"""Signs between and behind operands."""

CLOSING: Final[Mapping[str, str]] = {"(": ")", "[": "]", "{": "}", "‖": "‖"}
"""Brackets, of which the first three kinds mean the same; double bars are a norm."""

NORMS: Final[Mapping[str, str]] = {"F": "norm2", "1": "norm1", "2": VECTOR_NORM, "": VECTOR_NORM}
"""The function that double bars stand for, by the index behind them."""

SUPERSCRIPTS: Final[Mapping[str, str]] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
"""Superscript characters, for powers."""

COMMANDS: Final[Mapping[str, str]] = {
    "circ": "STAR", "odot": "STAR", "ast": "STAR", "cdot": "AT", "times": "AT", "otimes": "KRON", "colon": "COLON",
    "div": "SLASH", "frac": "FRAC", "dfrac": "FRAC", "tfrac": "FRAC", "coloneqq": "EQUALS",
}
"""LaTeX commands that are a token."""

SPACING: Final = frozenset({
    "quad", "qquad", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "left", "right", "middle",
    "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "nonumber",
    "notag",
})
"""LaTeX commands that only concern the looks."""

FONTS: Final = frozenset({
    "mathbf", "boldsymbol", "bm", "mathrm", "mathit", "mathsf", "mathcal", "mathbb", "vec", "symbf", "symbfit", "pmb",
    "text", "textrm", "textbf", "textit", "operatorname", "mathop", "mathord", "mathnormal", "bf", "rm", "it",
})
"""LaTeX commands that only change how their argument looks."""

ACCENT_COMMANDS: Final[Mapping[str, str]] = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
}
"""LaTeX commands that put a sign above their argument."""

GREEK_COMMANDS: Final[Mapping[str, str]] = {
    **GREEK, "varepsilon": "ε", "varphi": "φ", "vartheta": "θ", "varrho": "ρ", "varsigma": "σ", "varpi": "π",
}
"""Greek letters by LaTeX command."""

FUNCTION_WORDS: Final = frozenset(FUNCTIONS) | SIZED
"""Names that are functions and so cannot be variables."""

FUNCTION_HINTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("dot", "inner", "vdot"), "Write xᵀ y for columns x and y, x yᵀ for rows."),
    "outer": "Write u vᵀ for columns u and v.",
    **dict.fromkeys(("matmul", "mm"), "Write A B, or A @ B."),
    "multiply": "Write A ∘ B, or A * B.",
    "solve": "Write inv(A) b.",
    **dict.fromkeys(("max", "maximum"), "The larger of x and 0 is relu(x)."),
    **dict.fromkeys(("min", "minimum"), "The smaller of x and 0 is −relu(−x)."),
    **dict.fromkeys(("pow", "power"), "Write x**2."),
    "transpose": "Write Aᵀ, or A.T.",
}
"""What to write instead of a function that the language does not have."""

HINTS: Final[Mapping[str, str]] = {
    ">": "There are no comparisons here; step(a) is 1 where a is positive.",
    "<": "There are no comparisons here; step(a) is 1 where a is positive.",
    **dict.fromkeys(("|", "lvert", "rvert", "vert", "mid"),
                    "Bars can be read in several ways. Write abs(…), norm2(…), det(…) or, for log |A|, logdet(A)."),
    **{name: hint for name, hint in FUNCTION_HINTS.items() if name.isascii()},
    "∂": "A formula is made of the program's names; write what the derivative is.",
    "∇": "A formula is made of the program's names; write what the gradient is.",
    "∑": "Write sum(…) with brackets around all that is added.",
    "√": "Write sqrt(…) or a power.",
    "_": "A name starts with a letter.",
    "partial": "A formula is made of the program's names; write what the derivative is.",
    "nabla": "A formula is made of the program's names; write what the gradient is.",
    "sum": "Write sum(…) with brackets around all that is added.",
    "top": "A transpose is written behind a matrix as ^\\top.",
}
"""What to write instead of a sign or a command that the language does not have."""

FUNCTION_COMMANDS: Final = FUNCTION_WORDS - HINTS.keys()
r"""LaTeX commands that are a function of the same name, standard or defined by hand: ``\log``, ``\softmax``."""

NAME_HINTS: Final[Mapping[str, str]] = {
    "e": "For powers of e write exp(…).",
    "I": "For the identity write eye(n).",
    "Σ": "For a sum write sum(…).",
    "Φ": "For the share of a normal variable write normcdf(…).",
    "φ": "For the normal density write normpdf(…).",
}
"""What may have been meant by a name that is not known."""

NOT_IN_NAMES: Final = "ᵀᵗ" + "".join(SUPERSCRIPTS) + "".join(SUBSCRIPTS)
"""Signs that count as letters elsewhere and end a name here."""
