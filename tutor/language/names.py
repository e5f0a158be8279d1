"""Names: many spellings, one name; and how a name is written in Typst, LaTeX and Python.

Every variable and size has one name inside the program, its short display form: ``W1``, ``ŷ``, ``θ``, ``δθ``,
``W_h``. People write it in many ways (``W_1``, ``W₁``, ``y_hat``, ``theta``, ``delta_theta``), and
:func:`normalise` brings them together. A letter with a number behind it carries the number as its index, a δ carries
the rest of its name as its index, and any other index keeps its underscore.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tutor.core.layout import Shape

GREEK: Final[Mapping[str, str]] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}
"""Greek letters by the names they have in LaTeX and in Typst."""

OPERATORS: Final = frozenset({
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "hom", "ker",
    "lg", "ln", "log", "sec", "sin", "sinh", "tan", "tanh",
})
"""Functions that LaTeX and Typst both set upright by their bare name."""

ACCENTS: Final[Mapping[str, str]] = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
"""Signs above a letter by name, with the combining character that makes them."""

SUBSCRIPTS: Final[Mapping[str, str]] = dict(
    zip("₀₁₂₃₄₅₆₇₈₉ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥᵦᵧᵨᵩᵪ", "0123456789aeoxhklmnpstijruvβγρφχ", strict=True)
)
"""Subscript characters and what they stand for."""

LONGEST_NAME: Final = 64
"""Signs a name may have."""

WORDS: Final[Mapping[str, str]] = {letter: word for word, letter in GREEK.items()}
"""Greek letters -> their names."""

ACCENT_WORDS: Final[Mapping[str, str]] = {sign: word for word, sign in ACCENTS.items()}
"""Combining characters -> what they are called."""

_SUBSCRIPT_RUN: Final = re.compile(f"[{''.join(SUBSCRIPTS)}]+")
_STEM: Final = re.compile(r"(?P<stem>.*?)(?P<digits>[0-9]*)")
_ACCENTED_WORD: Final = re.compile(rf"(?P<letter>.+?)(?P<accent>{'|'.join(ACCENTS)})")
_TYPST_ACCENTS: Final[Mapping[str, str]] = {"hat": "hat", "bar": "macron", "tilde": "tilde"}


def normalise(raw: str) -> str:
    """The one name behind a spelling.

    >>> [normalise(raw) for raw in ("W_1", "W₁", "yhat", "y_hat_1", "theta", "delta_theta", "W_h")]
    ['W1', 'W1', 'ŷ', 'ŷ1', 'θ', 'δθ', 'W_h']
    """
    plain = raw.replace("{", "").replace("}", "")
    if len(plain) > LONGEST_NAME:
        return plain  # no program has it
    plain = _SUBSCRIPT_RUN.sub(lambda run: "_" + "".join(SUBSCRIPTS[c] for c in run.group()), plain)
    # NFKC also brings 𝐖, 𝑥 and ϕ to the letters they are; NFC composes ŷ.
    plain = unicodedata.normalize("NFKC", plain).replace("ς", "σ")
    first, *rest = plain.strip("_").split("_")
    return _indexed(first, [part for part in rest if part])


def _indexed(first: str, rest: list[str]) -> str:
    """A stem and the parts that followed underscores, as one name."""
    found = _STEM.fullmatch(first)
    assert found is not None
    stem, digits = _stem(found["stem"]), found["digits"]
    if stem.startswith("δ") and (len(stem) > 1 or digits or rest):
        inner = "_".join([stem[1:] + digits, *rest] if stem[1:] + digits else rest)
        return "δ" + normalise(inner)
    if rest and not digits and rest[0] in ACCENTS and _is_letter(stem):
        return _indexed(_accented(stem, rest[0]), rest[1:])
    if rest and not digits and re.fullmatch("[0-9]+", rest[0]):
        stem, rest = stem + rest[0], rest[1:]
    return "_".join([stem + digits, *([normalise("_".join(rest))] if rest else [])])


def _stem(word: str) -> str:
    """A word as a letter, where it names one."""
    if word in GREEK:
        return GREEK[word]
    accented = _ACCENTED_WORD.fullmatch(word)
    if accented:
        letter = GREEK.get(accented["letter"], accented["letter"])
        if _is_letter(letter):
            return _accented(letter, accented["accent"])
    return word


def _accented(letter: str, accent: str) -> str:
    return unicodedata.normalize("NFC", letter + ACCENTS[accent])


def _is_letter(text: str) -> bool:
    """Whether a text is one letter without an accent."""
    return len(text) == 1 and text.isalpha() and text == unicodedata.normalize("NFD", text)


class Parts(NamedTuple):
    """A name taken apart: its letters, the accent above them, the index below them."""

    letters: str
    accent: str
    below: str


def parts(name: str) -> Parts:
    """The letters, the accent and the index of a name: ŷ1 is y with a hat and index 1, δθ is δ with index θ."""
    if name.startswith("δ") and len(name) > 1:
        return Parts("δ", "", name[1:])
    stem, _, index = name.partition("_")
    found = _STEM.fullmatch(stem)
    assert found is not None
    letters, accent = found["stem"], ""
    plain = unicodedata.normalize("NFD", letters)
    if len(plain) == 2 and plain[1] in ACCENT_WORDS:
        letters, accent = plain[0], ACCENT_WORDS[plain[1]]
    return Parts(letters, accent, "_".join(part for part in (found["digits"], index) if part))


def name_typst(name: str) -> str:
    """A name in Typst maths: ``W_1``, ``hat(y)``, ``delta_theta``, ``dif theta``."""
    if name.startswith(DIFFERENTIAL):
        return f"dif {name_typst(name[1:])}"
    letters, accent, index = parts(name)
    source = WORDS.get(letters, letters) if len(letters) == 1 else f"italic({_typst_string(letters)})"
    if accent:
        source = f"{_TYPST_ACCENTS[accent]}({source})"
    return source + _below(_index(index, name_typst), "(", ")") if index else source


def name_latex(name: str) -> str:
    r"""A name in LaTeX: ``W_1``, ``\hat{y}``, ``\delta_{\theta}``, ``\mathrm{d}\theta``."""
    if name.startswith(DIFFERENTIAL):
        return rf"\mathrm{{d}}{name_latex(name[1:])}"
    letters, accent, index = parts(name)
    if len(letters) == 1:
        source = "\\" + WORDS[letters] if letters in WORDS else letters
    else:
        pieces = (f"\\{WORDS[c]} " if c in WORDS else c for c in letters)
        source = rf"\mathit{{{''.join(pieces).strip()}}}"
    if accent:
        source = rf"\{accent}{{{source}}}"
    return source + _below(_index(index, name_latex), "{", "}") if index else source


def name_numpy(name: str) -> str:
    """A name as a Python identifier in plain letters: ``W1``, ``yhat``, ``theta``, ``delta_theta``."""
    letters, accent, index = parts(name)
    if letters == "δ" and index:
        return f"delta_{name_numpy(index)}"
    source = "".join(map(_ascii, letters)) + accent
    if index:
        written = _index(index, name_numpy, "_")
        source += written if name.partition("_")[0][-1].isdigit() else f"_{written}"
    source = "".join(letter if letter.isascii() else _ascii(letter) for letter in source)
    return f"{source}_" if keyword.iskeyword(source) or source in _TAKEN else source


_TAKEN: Final = frozenset({"np", "jnp", "torch", "float", "commutation"})
"""What printed code calls by these very names."""


DIFFERENTIAL: Final = "ⅆ"
"""Stands in front of a name for its differential; shown as an upright d, and no letter of the language."""


def differential_name(name: str) -> str:
    """The name of a name's differential, shown as dθ."""
    return DIFFERENTIAL + name


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """A different Python identifier for each name, also where two names have the same plain letters."""
    given: dict[str, str] = {}
    for name in names:
        wanted = chosen = name_numpy(name)
        count = 2
        while chosen in given.values():
            chosen, count = f"{wanted}_{count}", count + 1
        given[name] = chosen
    return given


def entry_typst(name: str, row: int, column: int, shape: Shape) -> str:
    """One entry of a variable in Typst maths; ``row`` and ``column`` count from 0, what is shown counts from 1.

    A vector has one index, ``theta_2``; a matrix two, ``X_(3 2)``; a name with an index of its own gets brackets,
    ``W_2 [3, 2]``; the entry of a cotangent is the cotangent of the entry, ``delta_(theta_2)``; a number has none.
    """
    return indexed_typst(name, [str(k + 1) for k, size in zip((row, column), shape, strict=True) if size != 1])


def indexed_typst(name: str, places: Sequence[str]) -> str:
    """A name with indices, numbers or letters, in Typst maths; without any, the name."""
    if not places:
        return name_typst(name)
    letters, _, index = parts(name)
    if letters == "δ" and index and not index[0].isdigit():
        return f"delta_({indexed_typst(index, places)})"
    if index:
        return f"{name_typst(name)} [{', '.join(places)}]"
    separator = " " if all(len(place) == 1 for place in places) else ", "
    return name_typst(name) + _below(separator.join(places), "(", ")")


def indexed_latex(name: str, places: Sequence[str]) -> str:
    r"""A name with indices in LaTeX: ``\theta_{j}``, ``X_{i j}``, ``W_{2}[j, k]``, ``\delta_{\theta_{j}}``."""
    if not places:
        return name_latex(name)
    letters, _, index = parts(name)
    if letters == "δ" and index and not index[0].isdigit():
        return rf"\delta_{{{indexed_latex(index, places)}}}"
    if index:
        return f"{name_latex(name)}[{', '.join(places)}]"
    return f"{name_latex(name)}_{{{' '.join(places)}}}"


def _index(index: str, write: Callable[[str], str], separator: str = ", ") -> str:
    """An index as it is written: a name as names are, numbers and what follows them one after another."""
    if not index[0].isdigit():
        return write(index)
    return separator.join(piece if piece[0].isdigit() else write(piece) for piece in index.split("_") if piece)


def _below(index: str, opening: str, closing: str) -> str:
    """An index, in brackets unless it is one sign or one word."""
    bare = len(index) == 1 or (opening == "(" and (index.isdigit() or index in GREEK))
    return f"_{index}" if bare else f"_{opening}{index}{closing}"


def _ascii(letter: str) -> str:
    """A letter in plain letters."""
    if letter in WORDS:
        return WORDS[letter]
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain if plain.isalnum() else f"u{ord(letter):x}"


def _typst_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
