from __future__ import annotations

import pytest

from tutor.language.completion import completion

TEXT = "x : (1, n)\nW1 : (n, m)\nθ = x W1\nŷ = softmax(θ)\nL = "


def words(typed: str, text: str = TEXT, behind: str = "") -> list[str]:
    whole = text + typed
    return [c.text for c in completion(whole + behind, len(whole), {"θ": "1×3"}, ["n", "m"]).candidates]


def test_names_of_lines_above_and_functions() -> None:
    assert words("W") == ["W1"]
    assert words("so") == ["softmax(", "softplus("]
    assert {"x", "W1", "θ", "ŷ", "sum(", "n"} <= set(words("")) and "L" not in words("")
    assert completion(TEXT + "θ", len(TEXT) + 1, {"θ": "1×3"}, []).candidates == (), "it is whole"


def test_letters_go_by_their_names() -> None:
    assert (words("th"), words("yh")) == (["θ"], ["ŷ"])


def test_what_a_later_line_defines_is_not_known_yet() -> None:
    assert words("q", behind="\nqq = 1\nqr : scalar") == ["qr"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [("z : (", ["n", "m"]), ("z : s", ["scalar"]), ("z : (1, n) on", ["onehot"]), ("z : scalar po", ["positive"]),
     ("ze", []), ("z = 2so", []), ("z = x # so", []), ("z = \\si", [])],
)
def test_what_fits_its_place(line: str, expected: list[str]) -> None:
    assert words(line, text="") == expected


def test_a_broken_line_hides_no_other() -> None:
    assert words("WW", text="WW1 : (n, m)\nq = ((\nz = ") == ["WW1"]
