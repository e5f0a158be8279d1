"""Problems as TOML: read, written, and every slip answered at its place."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.files.problem_file import read_problem, to_toml
from tutor.files.toml_text import TomlText, block, key, string

SMALL = """\
title = "Small"
wrt = "W_1"
look_for = "Nothing."
program = '''
x  : (1, n)  # a row
W1 : (n, 2)
ŷ  : scalar
L = sum(x W1) + ŷ
'''

[dims]
n = 3

[values]
seed = 4

[values.W1]
kind = "small"

[values.yhat]
array = [[0.1]]
"""


def test_reading() -> None:
    problem = read_problem(SMALL)
    assert (problem.title, problem.wrt, problem.look_for) == ("Small", "W1", "Nothing.")
    assert dict(problem.dims) == {"n": 3}
    assert problem.seed == 4
    assert dict(problem.kinds) == {"W1": "small"}
    assert problem.numbers["ŷ"].tolist() == [[0.1]]
    assert problem.numbers["W1"].shape == (3, 2)
    assert np.abs(problem.numbers["W1"]).max() < 1
    assert np.array_equal(problem.numbers["x"], problem.drawn_numbers("x"))


def same(a: Problem, b: Problem) -> bool:
    return (
        (a.title, a.wrt, a.look_for, a.seed, dict(a.dims), dict(a.kinds))
        == (b.title, b.wrt, b.look_for, b.seed, dict(b.dims), dict(b.kinds))
        and a.program.text == b.program.text
        and all(a.numbers[name].tobytes() == b.numbers[name].tobytes() for name in a.numbers)
        and list(a.numbers) == list(b.numbers)
    )


def test_writing_reads_back_bit_by_bit() -> None:
    awkward = np.array([[0.1 + 0.2, -0.0, 5e-324], [1e300, -1 / 3, 123456789.123456789]])
    problem = read_problem(SMALL).with_numbers("W1", awkward.T)
    again = read_problem(to_toml(problem))
    assert same(problem, again)
    assert to_toml(again) == to_toml(problem)


@pytest.mark.parametrize("title", ['say "no"', "back\\slash", "line\nbreak", "\x7f\x00", "ŷ 🙂"])
def test_any_title_survives(title: str) -> None:
    problem = read_problem(SMALL)
    changed = Problem(title, problem.program, problem.wrt, problem.dims, problem.numbers, look_for=title)
    assert same(changed, read_problem(to_toml(changed)))


def test_a_dropped_fact_stays_dropped() -> None:
    text = SMALL.replace("# a row", "positive").replace("kind = \"small\"", "kind = \"normal\"")
    problem = read_problem(text)
    assert problem.program.declarations[0].facts == {"positive"}
    again = read_problem(to_toml(problem.without_fact("x", "positive")))
    assert again.program.declarations[0].facts == frozenset()
    assert again.kinds["x"] == "positive"
    assert np.array_equal(again.numbers["x"], problem.numbers["x"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed = 4", "seed = = 4", "line 15, column 8: This is not TOML: invalid value."),
        ("title =", "titel =", "line 1, column 1: `titel` is not a key of a problem. Did you mean title?"),
        ('title = "Small"\n', "", "The key `title` is missing."),
        ('title = "Small"', 'title = " "', "line 1, column 1: `title` is empty."),
        ('"Nothing."', '""', ""),
        ('title = "Small"', "title = 3", "line 1, column 1: `title` has to be a text in quotation marks."),
        ('wrt = "W_1"', 'wrt = "W3"', "line 2, column 1: `W3` is not in the program. Did you mean W1?"),
        ("L = sum(x W1)", "L = sum(x W2)", "line 8, column 11: `W2` is not known here. Did you mean W1?"),
        ("L = sum(x W1)", "L = sum(W1 x)", "line 8, column 11: `W1` is n×2 and `x` is 1×n; a product needs 2 rows "
                                           "on the right."),
        ("n = 3", "n = 0", "line 12, column 1: The size n has to be a whole number from 1."),
        ("n = 3", "n = true", "line 12, column 1: The size n has to be a whole number from 1."),
        ("n = 3", "n = 2.5", "line 12, column 1: The size n has to be a whole number from 1."),

        ("n = 3", 'n = 3\n"{n}" = 4', "line 13, column 1: The size n has a number already."),
        ("[values.W1]", "[values.W_1]\n[values.W1]", "line 18, column 1: W1 has a table already."),
        ('wrt = "W_1"', f'wrt = "{"δ" * 5000}"', f"line 2, column 1: `{'δ' * 24} … {'δ' * 21}` is not in the program. "
                                                 "There is x, W1, ŷ, L."),
        ("n = 3", "m = 3", "line 12, column 1: `m` is not a size of the program. There is n."),
        ("n = 3", "", "line 11, column 1: The size n has no number. Give it one under [dims]."),
        ("n = 3", "n = 1000000", "line 11, column 1: W1 would have more than 1,000,000 entries."),
        ("[dims]\nn = 3", "dims = 3", "line 11, column 1: `dims` has to be a table: a line [dims], and its keys "
                                      "below."),
        ("seed = 4", "seed = -4", "line 15, column 1: The seed has to be a whole number from 0."),
        ("[values.W1]", "[values.W2]", "line 17, column 1: `W2` is not declared, so it cannot be given numbers. Did "
                                       "you mean W1?"),
        ("[values.W1]", "[values.L]", "line 17, column 1: `L` is not declared, so it cannot be given numbers. There "
                                      "is x, W1, ŷ."),
        ('"small"', '"smal"', "line 18, column 1: `smal` is not a way to draw numbers. Did you mean small?"),
        ('"small"', '"spd"', "line 18, column 1: W1 is 3×2; only a square matrix can be drawn as spd."),
        ("kind =", "knid =", "line 18, column 1: `knid` is not a key of [values.W1]. Did you mean kind?"),
        ("[[0.1]]", "[[0.1, 0.2]]", "line 21, column 1: This array is 1×2; ŷ is declared 1×1."),
        ("[[0.1]]", "[[0.1], [0.2, 3]]", "line 21, column 1: The rows of an array have to be of one length."),
        ("[[0.1]]", "[[nan]]", "line 21, column 1: An array holds finite numbers only."),
        ("[[0.1]]", "[[inf]]", "line 21, column 1: An array holds finite numbers only."),
        ("[[0.1]]", '[["a"]]', "line 21, column 1: An array holds finite numbers only."),
        ("[[0.1]]", "[[true]]", "line 21, column 1: An array holds finite numbers only."),
        ("[[0.1]]", "[[1" + "0" * 400 + "]]", "line 21, column 1: An array holds finite numbers only."),
        ("[[0.1]]", "[]", "line 21, column 1: An array is a list of rows, as in [[1.0, 2.0], [3.0, 4.0]]."),
        ("[[0.1]]", "[1, 2]", "line 21, column 1: An array is a list of rows, as in [[1.0, 2.0], [3.0, 4.0]]."),
        ("[values.yhat]\narray = [[0.1]]", "", ""),
        ("[[0.1]]", "0.1", ""),
        ("[[0.1]]", "[[1]]", ""),
    ],
)
def test_what_is_wrong_and_where(old: str, new: str, message: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new)
    if not message:
        read_problem(text)
        return
    with pytest.raises(TutorError) as caught:
        read_problem(text)
    assert str(caught.value) == message


def test_a_program_in_one_line_is_located_in_that_line() -> None:
    text = SMALL[: SMALL.index("program")] + 'program = "x : (1, 2); y = x z"\n'
    with pytest.raises(TutorError, match="line 4, column 30: `z` is not known here"):
        read_problem(text)


@pytest.mark.parametrize("program", ['"x : (1, 2)\\ny = x z"', '"\\u03b8 : (1, 2); y = z"',
                                     '"""\nx : (1, 2)\ny \\u003d x z"""'])
def test_a_program_with_escapes_is_located_at_its_key(program: str) -> None:
    text = SMALL[: SMALL.index("program")] + f"program = {program}\n"
    with pytest.raises(TutorError, match="line 4, column 1: `z` is not known here"):
        read_problem(text)


def test_not_toml_at_all() -> None:
    for text in ("[" * 5000, "a = " + "[" * 5000, "a = " + "9" * 6000, "\0", "a" * 1000):
        with pytest.raises(TutorError, match="This is not TOML"):
            read_problem(text)


def test_keys_and_texts() -> None:
    assert key("W1") == "W1"
    assert key("ŷ") == '"ŷ"'
    assert block("a\nb\n") == "'''\na\nb\n'''"
    assert block("a'''") == string("a'''") == "\"a'''\""
    assert block("W'") == "\"W'\""


def test_places_of_keys() -> None:
    toml = TomlText("a = '''\nb = 1\n'''\n[c.d]\n  \"e f\" = 2 # [g]\n")
    places = {path: toml.position(*path) for path in [("a",), ("b",), ("c",), ("c", "d"), ("c", "d", "e f")]}
    found = {path: (p.line, p.column) if p else None for path, p in places.items()}
    assert found == {("a",): (1, 1), ("b",): None, ("c",): (4, 1), ("c", "d"): (4, 1), ("c", "d", "e f"): (5, 3)}
    nearest = toml.position("c", "d", "h")
    assert nearest is not None and nearest.line == 4


def test_a_row_of_an_array_is_no_table() -> None:
    toml = TomlText("[a.b]\narray = [ # [[\n  [1.0],\n  [2.0]\n]\nkind = 'eye'\n")
    place = toml.position("a", "b", "kind")
    assert place is not None and place.line == 6


@pytest.mark.parametrize(
    "program", ["x : (n, 1)\\ny : (1, n)\\nL = sum(x y)", "x : (n, 1)\\nL = sum(ones(n, n)) sum(x)"]
)
def test_a_result_that_no_memory_holds_is_refused(program: str) -> None:
    with pytest.raises(TutorError, match="L computes a matrix of more than 20,000,000 entries"):
        read_problem(f'title = "t"\nwrt = "x"\nprogram = "{program}"\n[dims]\nn = 900000\n')
