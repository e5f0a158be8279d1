"""Programs: declarations, statements, comments, sizes and facts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.core.errors import NameUnknownError, TutorError
from tutor.core.expression import Dimension, Number, apply
from tutor.core.program import Program
from tutor.language.printing import program_text
from tutor.language.reader import read_program
from tutor.ops import build
from tutor.ops.elementwise import Sigmoid
from tutor.ops.losses import CrossEntropy
from tutor.ops.normalising import Softmax

QUESTION = """\
x  : (1, n)
W1 : (n, m)
b1 : (1, m)
W2 : (m, k)
b2 : (1, k)
y  : (1, k) distribution  # the label

a = x W1 + b1
h = σ(a)
θ = h W2 + b2
ŷ = softmax(θ)
L = xent(y, ŷ)
"""

IN_LATEX = r"""
x : (1, n); W_1 : (n, m); b_1 : (1, m)
W_{2} : (m, k); b_{2} : (1, k)
\mathbf{y} : (1, k) distribution
a = xW_1 + b_1
h = \sigma(a)
\theta = hW_2 + b_2
\hat{\mathbf y} = \operatorname{softmax}(\theta)
L = \operatorname{xent}(y, \hat{y})
"""

# Programs of a collection of verified gradients, one for each way of writing.
PROGRAMS = [
    "a : (4, 1)\nx : (4, 1)\nf = a.T @ x",
    "b : (4, 1)\nX : (3, 4)\nc : (4, 1)\nf = b.T @ X.T @ X @ c",
    "x : (4, 1)\nA : (4, 3)\ns : (3, 1)\nW : (4, 4) symmetric\nf = (x - A @ s).T @ W @ (x - A @ s)",
    "x : (4, 1)\nA : (4, 4)\nf = (x.T @ A @ x) / (x.T @ x)",
    "w : (4, 1)\nx : (4, 1)\nb : scalar\nf = sum(relu(w.T @ x + b))",
    "X : (6, 3)\nw : (3, 1)\ny : (6, 1)\nf = sum(log(1 + exp(-y * (X @ w))))",
    "X : (6, 3)\nw : (3, 1)\ny : (6, 1)\np = sigmoid(X @ w)\nf = -sum(y * log(p) + (1 - y) * log(1 - p))",
    "X : (4, 5)\nW : (5, 3)\nY : (4, 3)\nL = sum((X @ W - Y)**2) / (2 * 4)",
    "X : (4, 3)\nW1 : (3, 5)\nb1 : (1, 5)\nW2 : (5, 2)\nb2 : (1, 2)\nY : (4, 2)\nH = tanh(X @ W1 + b1)\n"
    "L = 0.5 * sum((H @ W2 + b2 - Y)**2)",
    "Q : (3, 4)\nK : (5, 4)\nV : (5, 2)\nC : (3, 2)\nS = Q @ K.T / 2\nA = softmax(S)\nO = A @ V\nL = sum(C * O)",
    "X : (2, 3)\nY = X.T",
    "A : (3, 4)\nx : (4, 1)\nz : (3, 1)\ny = (A @ x) * z",
]


@pytest.fixture
def question() -> Program:
    return read_program(QUESTION)


def test_the_question(question: Program) -> None:
    assert question.shapes == {
        "x": (1, "n"), "W1": ("n", "m"), "b1": (1, "m"), "W2": ("m", "k"), "b2": (1, "k"), "y": (1, "k"),
        "a": (1, "m"), "h": (1, "m"), "θ": (1, "k"), "ŷ": (1, "k"), "L": (1, 1),
    }
    x, W1, b1 = (question.variable(name) for name in ("x", "W1", "b1"))
    assert question.definitions["a"] == build.add(build.product(x, W1), b1)
    assert question.definitions["h"] == apply(Sigmoid(), question.variable("a"))
    assert question.definitions["ŷ"] == apply(Softmax(), question.variable("θ"))
    assert question.definitions["L"] == apply(CrossEntropy(), question.variable("y"), question.variable("ŷ"))
    declaration = question.declaration("y")
    assert declaration is not None and declaration.facts == {"distribution"}
    assert question.text == QUESTION
    assert question.dimensions == ("n", "m", "k")


def test_positions_are_lines_and_columns(question: Program) -> None:
    statement = question.statements[2]
    assert statement.position is not None
    assert (statement.position.line, statement.position.column) == (10, 1)
    declaration = question.declarations[5]
    assert declaration.position is not None
    assert (declaration.position.line, declaration.position.column, declaration.position.length) == (6, 1, 24)


def test_the_question_in_latex(question: Program) -> None:
    assert read_program(IN_LATEX).definitions == question.definitions


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", ";"])
def test_lines_end_in_any_way(question: Program, ending: str) -> None:
    lines = [line.partition("#")[0] for line in QUESTION.splitlines()]
    assert read_program(ending.join(lines)).definitions == question.definitions


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_are_read_and_print_to_themselves(text: str) -> None:
    program = read_program(text)
    again = read_program(program_text(program))
    assert again.definitions == program.definitions
    assert [(d.name, d.shape, d.facts) for d in again.declarations] == [
        (d.name, d.shape, d.facts) for d in program.declarations
    ]


def test_printed_program(question: Program) -> None:
    assert program_text(question) == QUESTION.replace("  # the label", "")


def test_scalars_sizes_and_facts() -> None:
    program = read_program("λ : scalar positive\nA : (3, 3) spd, positive\nB : (N, 2)\nf = λ sum(A) / N + sum(B)")
    assert program.shapes["λ"] == (1, 1)
    assert program.declarations[1].facts == {"spd", "positive"}
    assert program.dimensions == ("N",)
    assert Dimension("N") in program.statements[0].expression.operands[0].operands  # type: ignore[union-attr]


def test_a_variable_cannot_have_the_name_of_a_size() -> None:
    with pytest.raises(TutorError, match="line 1, column 1: n is the name of a size and of a variable"):
        read_program("n : scalar\nx : (1, n)\nf = n sum(x) + sum(ones(n, 1))")
    with pytest.raises(TutorError, match="line 2, column 1: m is the name of a size and of a variable"):
        read_program("A : (n, m)\nm : (m, 1)\ny = A m")
    with pytest.raises(TutorError, match="line 3, column 1: n is the name of a size and of a variable"):
        read_program("A : (n, m)\nx : (m, 1)\nn = A x")


@pytest.mark.parametrize(("shape", "line", "said"), [
    ("(2, 2)", 6, "more than 1,000,000,000 rows or columns"),
    ("(n, m)", 6, "a product of more than 16 sizes"),
    ("(n, 2)", 6, "a product of more than 16 sizes"),
])
def test_sizes_that_no_machine_holds_are_refused(shape: str, line: int, said: str) -> None:
    text = f"z0 : {shape}\n" + "".join(f"z{i + 1} = kron(z{i}, z{i})\n" for i in range(40))
    with pytest.raises(TutorError, match=f"column .*This Kronecker product is too large: .*{said}") as caught:
        read_program(text)
    assert caught.value.position is not None and caught.value.position.line == line, str(caught.value)


def test_a_power_of_a_square_matrix_is_remarked_on() -> None:
    program = read_program("W : (n, n)\nx : (n, 1)\ns : scalar\nA : (n, m)\n"
                           "a = sum(W^2) + sum((W + W)³)\nb = sum(W^-2 x)\nc = sum(W^9)\n"
                           "d = W**2 + inv(W)\nL = s^2 sum(A^2) + xᵀ W^-1 x + sum(x^2) + sum(W^1)")
    assert [(r.sentence, r.position.line, r.position.column, r.position.length) for r in program.remarks] == [
        ("W^2 is the matrix product W W here, as W is square; write W**2 to square every entry.", 5, 9, 3),
        ("(W + W)^3 is the matrix product (W + W) (W + W) (W + W) here, as W + W is square; write (W + W)**3 to take "
         "that power of every entry.", 5, 20, 8),
        ("W^-2 is the matrix product inv(W) inv(W) here, as W is square; write W**-2 to take that power of every "
         "entry.", 6, 9, 4),
        ("W^9 is the matrix product of 9 factors W here, as W is square; write W**9 to take that power of every "
         "entry.", 7, 9, 3),
    ]
    assert program.resolved({"n": 2, "m": 3}).remarks == program.remarks
    assert read_program("S : (n, n) spd; L = sum(S^2)").without_fact("S", "spd").remarks[0].position.column == 21


def test_decimals_are_exact() -> None:
    program = read_program("x : scalar\nf = 0.1 x + 1e-3")
    factor = program.definitions["f"].operands[0].operands[0]  # type: ignore[union-attr]
    assert factor == Number(Fraction(1, 10))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: The program is empty. Declare a variable as  x : (1, n)  and write  y = formula."),
        ("# nothing but a comment",
         "line 1, column 1: The program is empty. Declare a variable as  x : (1, n)  and write  y = formula."),
        ("x : (1, n)", "line 1, column 1: The program has no statement. Write one as  name = formula."),
        ("x : (1, 2)\nW : (3, 2)\ny = x + z W", "line 3, column 9: `z` is not known here."),
        ("x : (1, 2)\ny = x + z W\nz = x", "line 2, column 9: `z` is not known yet: line 3 defines it."),
        ("x : (1, 2)\nx : (2, 2)\ny = x", "line 2, column 1: x is declared twice."),
        ("x : (1, 2)\nδx : (1, 2)\ny = x", "line 2, column 1: δx is what the cotangent of x is called. Give the "
                                            "variable another name."),
        ("x : (2000000000, 2)\ny = x", "line 1, column 6: A size is at most 1,000,000,000."),
        ("W1 : (1, 2)\nW_1 : (2, 2)\ny = W1", "line 2, column 1: W1 is declared twice."),
        ("x : (1, 2)\nx = x", "line 2, column 1: x already has a value."),
        ("x : (1, 2)\ny = x + y", "line 2, column 9: `y` cannot be used in its own definition."),
        ("x : (1, n)\nW : (n, n)\ny = xW", "line 3, column 5: `xW` is not known here. Did you mean x W?"),
        ("sum : (1, n)", "line 1, column 1: `sum` is a function of the language; give the variable another name."),
        ("x : (1)\ny = x", "line 1, column 7: A shape has two sizes, as in (1, n); a number is declared as scalar."),
        ("x : (1, 2, 3)", "line 1, column 10: A shape has two sizes, as in (1, n); a number is declared as scalar."),
        ("x : (1, n+1)", "line 1, column 10: `+` cannot stand here. A size is a whole number or a name."),
        ("x : (0, n)\ny = x", "line 1, column 6: `0` is not a size. A size is a whole number from 1, or a name."),
        ("x : (1.5, n)\ny = x", "line 1, column 6: `1.5` is not a size. A size is a whole number from 1, or a name."),
        ("x : matrix\ny = x", "line 1, column 5: After the colon a shape has to follow: two sizes, as in (1, n), or "
                              "scalar."),
        ("x :", "line 1, column 3: After the colon a shape has to follow. A shape has two sizes, as in (1, n); a "
                "number is declared as scalar."),
        ("x : (1, n) onehott\ny = x", "line 1, column 12: `onehott` is not a fact. Did you mean onehot?"),
        ("x : (1, n) 5", "line 1, column 12: `5` cannot stand behind a shape; only facts can, as in (1, k) "
                         "distribution."),
        ("x : (1, 2) spd\ny = x", "line 1, column 1: x is 1×2; only a square matrix can be spd."),
        ("x : (1, 2)\ny x", "line 2, column 3: After `y` there has to be = or a colon, not `x`. A line is  name = "
                            "formula  or  name : (rows, columns)."),
        ("x : (1, 2)\ny", "line 2, column 1: After `y` there has to be = or a colon. A line is  name = formula  or  "
                          "name : (rows, columns)."),
        ("3 = 4", "line 1, column 1: A line cannot start with `3`. A line is  name = formula  or  name : (rows, "
                  "columns)."),
        ("x : (1, 2)\ny = ", "line 2, column 3: A formula has to follow the =."),
        ("x : (1, 2)\ny = (x\nz = x", "line 2, column 5: This `(` is not closed."),
        ("x : (1, 2)\ny = x = x", "line 2, column 7: A formula has no = inside."),
        ("x : (1, 2)\n__class__ = x", "line 2, column 1: `_` is not in the language. A name starts with a letter."),
        ("x : (1, 2)\n__import__('os')", "line 2, column 1: `_` is not in the language. A name starts with a letter."),
        (
            "x : (1, n)\nW1 : (5, 3)\nh : (1, 3)\ny = W1 h",
            "line 4, column 7: `W1` is 5×3 and `h` is 1×3; a product needs 3 rows on the right.",
        ),
    ],
)
def test_what_is_wrong_and_where(text: str, message: str) -> None:
    with pytest.raises(TutorError) as caught:
        read_program(text)
    assert str(caught.value) == message


def test_signs_without_width_are_passed_over() -> None:
    plain = read_program("x : (1, n)\nL = sum(x)")
    assert read_program("\ufeffx :\u200b (1, n)\nL = sum\u2061(x)\u200b").says(plain)


def test_a_letter_of_another_alphabet_is_pointed_out() -> None:
    with pytest.raises(NameUnknownError, match=r"`x` is not known here\. There is a name that looks like it, \u0445"):
        read_program("\u0445 : (1, n)\nL = sum(x)")


def test_dunder_names_are_only_names() -> None:
    assert read_program("class_ : scalar\nx = class_").shapes == {"class": (1, 1), "x": (1, 1)}
    with pytest.raises(NameUnknownError):
        read_program("x : scalar\ny = eval(x)")


@pytest.mark.parametrize(
    ("text", "fact", "instead", "after"),
    [
        ("y : (1, k)\tdistribution\nL = sum(y)", "distribution", None, "y : (1, k)\nL = sum(y)"),
        ("y : (1, k) distribution; z : (1, k) distribution\nL = sum(y) + sum(z)", "distribution", None,
         "y : (1, k); z : (1, k) distribution\nL = sum(y) + sum(z)"),
        ("y : (1, k) , onehot  # the label\nL = sum(y)", "onehot", "distribution",
         "y : (1, k) distribution  # the label\nL = sum(y)"),
        ("y : (1, k) distribution, onehot\nL = sum(y)", "onehot", "distribution",
         "y : (1, k) distribution\nL = sum(y)"),
        ("S : (n, n) spd, positive\nL = sum(S)", "symmetric", None, "S : (n, n), positive\nL = sum(S)"),
        ("s : scalar positive\nL = s", "positive", None, "s : scalar\nL = s"),
        ("x : (n, positive) positive\nL = sum(x)", "positive", None, "x : (n, positive)\nL = sum(x)"),
        ("x : (1, n)\r# the label\ry : (1, n) onehot\r\nL = xᵀ : yᵀ", "onehot", None,
         "x : (1, n)\n# the label\ny : (1, n)\nL = xᵀ : yᵀ"),
    ],
)
def test_a_dropped_promise_is_gone_from_the_text_too(text: str, fact: str, instead: str | None, after: str) -> None:
    name = next(d.name for d in read_program(text).declarations if fact in (*d.facts, "symmetric"))
    less = read_program(text).without_fact(name, fact, instead)
    assert less.text == after
    again = read_program(less.text)
    assert [(d.name, d.shape, d.facts) for d in again.declarations] == [
        (d.name, d.shape, d.facts) for d in less.declarations]
    assert [s.position for s in again.statements] == [s.position for s in less.statements]
