"""Formulas: what binds how tightly, every notation, and the sentence for every mistake."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.core.errors import ShapeError, TutorError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, apply, nodes
from tutor.core.layout import Shape
from tutor.language.printing import latex, numpy, text, typst
from tutor.language.reader import read_formula, read_loosely
from tutor.ops import FUNCTIONS, build
from tutor.ops.determinants import Inverse, Trace
from tutor.ops.elementwise import Log, Power, Sigmoid
from tutor.ops.forms import Kronecker
from tutor.ops.linear import Frobenius
from tutor.ops.reductions import Sum

SHAPES: dict[str, Shape] = {
    "x": (1, 5), "W1": (5, 3), "b1": (1, 3), "W2": (3, 5), "b2": (1, 5), "y": (1, 5), "a": (1, 3), "h": (1, 3),
    "θ": (1, 5), "ŷ": (1, 5), "L": (1, 1), "A": (4, 4), "B": (4, 4), "s": (1, 1), "t": (1, 1), "X": (6, 5),
    "c": (6, 1), "v": ("n", 1), "M": ("n", "n"),
}
V = {name: Variable(name, shape) for name, shape in SHAPES.items()}
ALL_FOUR: dict[str, Shape] = {
    name: tuple(1 if size == 1 else 4 for size in shape) for name, shape in SHAPES.items()  # type: ignore[misc]
}


def read(formula: str) -> Expression:
    return read_formula(formula, SHAPES)


def number(value: object) -> Number:
    return Number(Fraction(str(value)))


P, A, S, M, D, N, T = (
    build.product, build.add, build.subtract, build.multiply, build.divide, build.negate, build.transpose,
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("x W1 + b1", A(P(V["x"], V["W1"]), V["b1"])),
        ("x W1 W2", P(P(V["x"], V["W1"]), V["W2"])),
        ("x (W1 W2)", P(V["x"], P(V["W1"], V["W2"]))),
        ("x W1 ∘ h", M(P(V["x"], V["W1"]), V["h"])),
        ("h ∘ x W1", M(V["h"], P(V["x"], V["W1"]))),
        ("A * B @ A", P(M(V["A"], V["B"]), V["A"])),
        ("A @ B * A", M(P(V["A"], V["B"]), V["A"])),
        ("A * B A", M(V["A"], P(V["B"], V["A"]))),
        ("A / B * A", M(D(V["A"], V["B"]), V["A"])),
        ("A - B + A", A(S(V["A"], V["B"]), V["A"])),
        ("A - (B + A)", S(V["A"], A(V["B"], V["A"]))),
        ("-A B", N(P(V["A"], V["B"]))),
        ("-A ∘ B", N(M(V["A"], V["B"]))),
        ("-A + B", A(N(V["A"]), V["B"])),
        ("A ∘ -B", M(V["A"], N(V["B"]))),
        ("A - -B", S(V["A"], N(V["B"]))),
        ("+A", V["A"]),
        ("-h**2", N(build.power(V["h"], Fraction(2)))),
        ("-2", number(-2)),
        ("-2 x", N(P(number(2), V["x"]))),
        ("(-2) x", P(number(-2), V["x"])),
        ("2 A B", P(number(2), P(V["A"], V["B"]))),
        ("2 s A B", P(P(number(2), V["s"]), P(V["A"], V["B"]))),
        ("2 * A B", M(number(2), P(V["A"], V["B"]))),
        ("2 * A @ B", P(M(number(2), V["A"]), V["B"])),
        ("1/2 x", P(number("1/2"), V["x"])),
        ("1/2", number("1/2")),
        ("1/2**2", D(number(1), build.power(number(2), Fraction(2)))),
        ("x / 2", D(V["x"], number(2))),
        ("x / 1 / 2", D(D(V["x"], number(1)), number(2))),
        ("x / -1 / 2", D(D(V["x"], number(-1)), number(2))),
        ("s^1/2", D(build.power(V["s"], Fraction(1)), number(2))),
        ("s^-1/2", D(build.power(V["s"], Fraction(-1)), number(2))),
        ("s**-1/2", D(build.power(V["s"], Fraction(-1)), number(2))),
        ("s - 1/2 x", S(V["s"], P(number("1/2"), V["x"]))),
        ("sum(X) / 4", D(apply(Sum(), V["X"]), number(4))),
        ("x W1 / 2", D(P(V["x"], V["W1"]), number(2))),
        ("W1ᵀ W2ᵀ", P(T(V["W1"]), T(V["W2"]))),
        ("(A B)ᵀ", T(P(V["A"], V["B"]))),
        ("A Bᵀ", P(V["A"], T(V["B"]))),
        ("Aᵀ**2", build.power(T(V["A"]), Fraction(2))),
        ("A**2ᵀ", T(build.power(V["A"], Fraction(2)))),
        ("A^3", P(P(V["A"], V["A"]), V["A"])),
        ("A²", P(V["A"], V["A"])),
        ("M^2", P(V["M"], V["M"])),
        ("A**2", build.power(V["A"], Fraction(2))),
        ("A^0.5", build.power(V["A"], Fraction(1, 2))),
        ("A^{1/2}", build.power(V["A"], Fraction(1, 2))),
        ("A^(-(1+1)/4)", build.power(V["A"], Fraction(-1, 2))),
        ("h^2", build.power(V["h"], Fraction(2))),
        ("h²", build.power(V["h"], Fraction(2))),
        ("h⁻²", build.power(V["h"], Fraction(-2))),
        ("s^2", build.power(V["s"], Fraction(2))),
        ("h**-1", build.power(V["h"], Fraction(-1))),
        ("X + b2", A(V["X"], V["b2"])),
        ("X / c", D(V["X"], V["c"])),
        ("b2 - c", S(V["b2"], V["c"])),
        ("X : X", apply(Frobenius(), V["X"], V["X"])),
        ("A : B + s", A(apply(Frobenius(), V["A"], V["B"]), V["s"])),
        ("A : B A", apply(Frobenius(), V["A"], P(V["B"], V["A"]))),
        ("y ∘ log ŷ", M(V["y"], apply(Log(), V["ŷ"]))),
        ("log ŷ'", apply(Log(), T(V["ŷ"]))),
        ("log log s", apply(Log(), apply(Log(), V["s"]))),
        ("s log t", P(V["s"], apply(Log(), V["t"]))),
        ("σ'(a)", build.derivative(Sigmoid(), V["a"])),
        ("sigmoid'(a)", build.derivative(Sigmoid(), V["a"])),
        ("σ(a)'", T(apply(Sigmoid(), V["a"]))),
        ("σ'(a)'", T(build.derivative(Sigmoid(), V["a"]))),
        ("A^-1", apply(Inverse(), V["A"])),
        ("A⁻¹ B", P(apply(Inverse(), V["A"]), V["B"])),
        ("A^-2", P(apply(Inverse(), V["A"]), apply(Inverse(), V["A"]))),
        ("A**-1", build.power(V["A"], Fraction(-1))),
        ("s^-1", build.power(V["s"], Fraction(-1))),
        ("h^-1", build.power(V["h"], Fraction(-1))),
        ("A ⊗ B A", apply(Kronecker(), V["A"], P(V["B"], V["A"]))),
        ("square(x)", build.power(V["x"], Fraction(2))),
        ("square'(x)", build.derivative(Power(Fraction(2)), V["x"])),
        ("tr(A)", apply(Trace(), V["A"])),
        ("ones(n·n, 2 @ n)", build.ones("n·n", "2·n")),
        ("ones(5, 3)", build.ones(5, 3)),
        ("ones(n, 1) : v", apply(Frobenius(), build.ones("n", 1), V["v"])),
        ("M - eye(n)", S(V["M"], build.eye("n"))),
        ("zeros(2, n)", build.zeros(2, "n")),
        ("sum(v)/n", D(apply(Sum(), V["v"]), Dimension("n"))),
        ("{x} [W1]", P(V["x"], V["W1"])),
        ("∂L/∂x = x W1", P(V["x"], V["W1"])),
        ("x\n W1\n", P(V["x"], V["W1"])),
        ("x W1 # a comment", P(V["x"], V["W1"])),
    ],
)
def test_precedence_and_notations(typed: str, expected: Expression) -> None:
    assert read(typed) == expected


@pytest.mark.parametrize("sign", ["∘", "⊙", "*", "◦", r"\circ", r"\odot"])
def test_elementwise_products(sign: str) -> None:
    assert read(f"A {sign} B") == M(V["A"], V["B"])


@pytest.mark.parametrize("sign", ["@", "·", "⋅", "×", r"\cdot", r"\times", ""])
def test_matrix_products(sign: str) -> None:
    assert read(f"A {sign} B") == P(V["A"], V["B"])


@pytest.mark.parametrize("sign", ["-", "−", "–"])
def test_minuses(sign: str) -> None:
    assert read(f"A {sign} B") == S(V["A"], V["B"])
    assert read(f"s**{sign}1") == build.power(V["s"], Fraction(-1))


@pytest.mark.parametrize(
    "sign",
    [".T", "^T", "ᵀ", "'", "′", "^⊤", "⊤", r"^\top", r"^{\top}", "^{T}", r"^\mathsf{T}", r"^{\mathsf T}", r"^\intercal",
     r"^{\mathrm{T}}", r"^\prime", "^{'}", " ^ T"],
)
def test_transposes(sign: str) -> None:
    assert read(f"W1{sign}") == T(V["W1"])
    assert read(f"(A B){sign} A") == P(T(P(V["A"], V["B"])), V["A"])


def test_every_function_is_read() -> None:
    for name in FUNCTIONS:
        two = name in ("xent", "bce", "mse", "frobenius", "kron")
        expression = read(f"{name}(A, B)" if two else f"{name}(v)" if name == "diag" else f"{name}(A)")
        assert isinstance(expression, Apply)


def test_a_number_may_be_a_size_that_is_told() -> None:
    assert read_formula("sum(x)/N", SHAPES, sizes=["N"]) == D(apply(Sum(), V["x"]), Dimension("N"))


def test_operations_know_where_they_stand() -> None:
    found = {n.operation.name: n.position for n in nodes(read("x W1\n + b1")) if isinstance(n, Apply)}
    product, total = found["matmul"], found["add"]
    assert product is not None and (product.line, product.column) == (1, 2)
    assert total is not None and (total.line, total.column) == (2, 2)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "line 1, column 1: There is no formula to read."),
        ("W1 h", "line 1, column 3: `W1` is 5×3 and `h` is 1×3; a product needs 3 rows on the right."),
        ("(x W1) (h)", "line 1, column 7: `(x W1)` is 1×3 and `(h)` is 1×3; a product needs 3 rows on the right."),
        ("x W1 h", "line 1, column 5: `x W1` is 1×3 and `h` is 1×3; a product needs 3 rows on the right."),
        ("x @ y", "line 1, column 3: `x` is 1×5 and `y` is 1×5; a product needs 5 rows on the right."),
        ("xᵀ W1", "line 1, column 3: `xᵀ` is 5×1 and `W1` is 5×3; a product needs 1 row on the right."),
        ("h ∘ x", "line 1, column 3: The two sides of ∘ have different shapes: `h` is 1×3 and `x` is 1×5."),
        ("h + x", "line 1, column 3: The two sides of + have different shapes: `h` is 1×3 and `x` is 1×5."),
        ("x - h", "line 1, column 3: The two sides of − have different shapes: `x` is 1×5 and `h` is 1×3."),
        ("x / h", "line 1, column 3: The two sides of / have different shapes: `x` is 1×5 and `h` is 1×3."),
        ("det(X)", "line 1, column 1: det takes a square matrix, not one of shape 6×5. Here `X` is 6×5."),
        ("mse(x, h)", "line 1, column 1: mse: the shapes 1×5 and 1×3 do not fit. Here `x` is 1×5 and `h` is 1×3."),
        ("frobenius(x)", "line 1, column 1: frobenius takes 2 operands, not 1."),
        ("frobenius(x, h)", "line 1, column 1: The two sides of : have different shapes: `x` is 1×5 and `h` is 1×3."),
        ("norm2'(x)", "line 1, column 1: Only a function that acts on each entry by itself has a prime; `norm2` does "
                      "not."),
        ("Φ(x)", "line 1, column 1: `Φ` is not in the program. For the share of a normal variable write normcdf(…)."),
        ("ones(n x, 1)", "line 1, column 6: `n x` is not a size. `ones` takes whole numbers, or a name: n."),
        ("x : h", "line 1, column 3: The two sides of : have different shapes: `x` is 1×5 and `h` is 1×3."),
        ("xent(y, h)", "line 1, column 1: xent: the shapes 1×5 and 1×3 do not fit. Here `y` is 1×5 and `h` is 1×3."),
        ("xent(y)", "line 1, column 1: xent takes 2 operands, not 1."),
        ("kron x", "line 1, column 1: kron takes 2 operands, not 1."),
        ("h + kron(x)", "line 1, column 5: kron takes 2 operands, not 1."),
        ("kron(x, x, x)", "line 1, column 1: kron takes 2 operands, not 3."),
        ("diag(x, x)", "line 1, column 1: diag takes 1 operand, not 2."),
        ("ones(2000000000, 1)", "line 1, column 6: A size is at most 1,000,000,000."),
        ("sum(dot(x, x))", "line 1, column 5: There is no function `dot`. Write xᵀ y for columns x and y, x yᵀ for "
                           "rows."),
        ("dot(x)", "line 1, column 1: There is no function `dot`. Write xᵀ y for columns x and y, x yᵀ for rows."),
        ("outer(x, x)", "line 1, column 1: There is no function `outer`. Write u vᵀ for columns u and v."),
        ("solve(X, b)", "line 1, column 1: There is no function `solve`. Write inv(A) b."),
        ("max(0, x)", "line 1, column 1: There is no function `max`. The larger of x and 0 is relu(x)."),
        (r"\max(0, x)", r"line 1, column 1: `\max` is not in the language. The larger of x and 0 is relu(x)."),
        ("maximum(X, 0)", "line 1, column 1: There is no function `maximum`. The larger of x and 0 is relu(x)."),
        ("softmx(x, x)", "line 1, column 1: There is no function `softmx`. Did you mean softmax?"),
        ("(x, x)", "line 1, column 3: A comma separates the arguments of a function; nothing else has any."),
        ("tanh^2(x)", "line 1, column 1: A power stands behind the brackets: write tanh(x)^2."),
        ("tanh²(x)", "line 1, column 1: A power stands behind the brackets: write tanh(x)^2."),
        ("x + sin**3(x)", "line 1, column 5: A power stands behind the brackets: write sin(x)**3."),
        ("log|X|", "line 1, column 4: `|` is not in the language. Bars can be read in several ways. Write abs(…), "
                   "norm2(…), det(…) or, for log |A|, logdet(A)."),
        ("x +", "line 1, column 3: After `+` a formula has to follow."),
        ("x (", "line 1, column 3: This `(` is not closed."),
        ("x)", "line 1, column 2: This `)` closes nothing."),
        ("(x]", "line 1, column 3: This `]` cannot close the `(` before it."),
        ("()", "line 1, column 1: There is nothing between these brackets."),
        ("x + ∘ y", "line 1, column 5: `∘` cannot stand after `+`; a name, a number or a bracket has to."),
        ("∘ y", "line 1, column 1: A formula cannot start with `∘`."),
        ("(x, y)", "line 1, column 3: A comma separates the arguments of a function; nothing else has any."),
        ("a = b = c", "line 1, column 3: A formula has no = inside."),
        ("x + ᵀ", "line 1, column 5: `ᵀ` belongs behind a matrix, not behind `+`."),
        ("softmax", "line 1, column 1: `softmax` needs an argument, as in softmax(x)."),
        ("softmax + x", "line 1, column 1: `softmax` needs an argument, as in softmax(x)."),
        ("log x W1", "line 1, column 1: Write brackets around what `log` applies to."),
        ("softmax'(x)", "line 1, column 1: Only a function that acts on each entry by itself has a prime; `softmax` "
                        "does not."),
        ("xW1", "line 1, column 1: `xW1` is not in the program. Did you mean x W1?"),
        ("z", "line 1, column 1: `z` is not in the program. Did you mean θ?"),
        ("Y", "line 1, column 1: `Y` is not in the program. Did you mean y?"),
        ("relux(a)", "line 1, column 1: `relux` is not in the program. Did you mean the function relu?"),
        ("foo(a)", "line 1, column 1: `foo` is not in the program. There is no function of that name either."),
        ("e**2", "line 1, column 1: `e` is not in the program. For powers of e write exp(…)."),
        ("M - I", "line 1, column 5: `I` is not in the program. For the identity write eye(n)."),
        ("x / 2 h", "line 1, column 3: Write brackets: this can be read as (x/2) h or as x/(2 h)."),
        ("x / -s h", "line 1, column 3: Write brackets: this can be read as (x/-s) h or as x/(-s h)."),
        ("y^2^3", "line 1, column 4: Write brackets: a power of a power can be read in two ways."),
        ("x 2", "line 1, column 3: A number stands in front of what it multiplies; `2` stands behind. Write * between "
                "them if that is meant."),
        ("h^y", "line 1, column 3: An exponent is a number; `y` is not."),
        ("h^5000", "line 1, column 3: An exponent lies between −1000 and 1000."),
        ("x / 0", "line 1, column 3: This divides by 0."),
        ("1/0", "line 1, column 1: This divides by 0."),
        ("x**(1/(2-2))", "line 1, column 6: This divides by 0."),
        ("1ᵀ x", "line 1, column 1: A number has no transpose. A column of ones is written ones(n, 1)."),
        ("ones(x, 2)", "line 1, column 6: `x` is not a size. `ones` takes whole numbers, or a name: n."),
        ("ones(2)", "line 1, column 1: `ones` takes 2 sizes, as in ones(n, m)."),
        ("eye(2, 2)", "line 1, column 1: `eye` takes 1 size, as in eye(n)."),
        ("a < 0", "line 1, column 3: `<` is not in the language. There are no comparisons here; step(a) is 1 where a "
                  "is positive."),
        ("|x|", "line 1, column 1: `|` is not in the language. Bars can be read in several ways. Write abs(…), "
                "norm2(…), det(…) or, for log |A|, logdet(A)."),
        ("x ! y", "line 1, column 3: `!` is not in the language."),
        ("1e999 x", "line 1, column 1: This number is too long to be read exactly."),
        ("(((A^16)^16)^16)^16", "line 1, column 1: Written out, this formula is too long. Give a part of it a name of "
                                "its own."),
        ("A^99", "line 1, column 2: A matrix power is between 1 and 16 here."),
    ],
)
def test_what_is_wrong_and_where(typed: str, message: str) -> None:
    with pytest.raises(TutorError) as caught:
        read(typed)
    assert str(caught.value) == message


def test_deep_nesting_is_refused_with_a_sentence() -> None:
    sentence = r"This is nested more than 100 levels deep\. Give a part of it a name of its own\."
    for typed in ("(" * 500 + "x" + ")" * 500, "-" * 500 + "x", "x + " * 500 + "x", "A " * 500, "A" + "ᵀ" * 500,
                 "exp(" * 400 + "x" + ")" * 400, "log " * 400 + "x", "{" * 900 + "x" + "}" * 900):
        with pytest.raises(TutorError, match=sentence):
            read(typed)
    with pytest.raises(TutorError) as longer:
        read("{" * 3000 + "x" + "}" * 3000)
    assert longer.value.position is not None


def test_as_deep_as_allowed_is_read_and_printed() -> None:
    assert read("(" * 98 + "x" + ")" * 98) == V["x"]
    for formula in ("x + " * 98 + "x", "exp(" * 98 + "x" + ")" * 98, "-(" * 49 + "x" + ")" * 49, "A " * 99,
                    "1/(1+" * 33 + "X" + ")" * 33):
        expression = read(formula)
        assert read(text(expression)) == expression
        assert latex(expression) and typst(expression, parts=True) and numpy(expression)


def test_a_long_text_is_refused() -> None:
    with pytest.raises(TutorError) as caught:
        read("x + " * 250_000)
    assert str(caught.value) == "line 1, column 20001: The text has 1,000,000 signs; at most 20,000 are read."
    with pytest.raises(TutorError, match="line 10001, column 1: The text has 22,000 signs"):
        read("x\n" * 11_000)
    with pytest.raises(TutorError, match="line 1001, column 1: The text has 5,001 lines; at most 1,000"):
        read("x\n" * 5000)


def test_the_published_answers_at_both_sizes() -> None:
    asker = r"((\hat{\mathbf{y}}-\mathbf{y}) \mathbf{W}_{2}^{T})\circ\sigma'(a)\mathbf{W}_{1}"
    answer = r"\Big(({\hat y}-y)W_2^T\Big)\circ\Big((h-h\circ h)W_1^T\Big)"
    with pytest.raises(ShapeError) as first:
        read(asker)
    assert first.value.sentence == (
        "`σ(a) ∘ (1 − σ(a))` is 1×3 and `W1` is 5×3; a product needs 3 rows on the right."
    )
    with pytest.raises(ShapeError) as second:
        read(answer)
    assert second.value.sentence == (
        "The two sides of ∘ have different shapes: `(ŷ − y) W2ᵀ` is 1×3 and `(h − h ∘ h) W1ᵀ` is 1×5."
    )
    assert read_formula(asker, ALL_FOUR) == read_formula("((ŷ − y) W2ᵀ) ∘ (σ'(a) W1)", ALL_FOUR)
    assert read_formula(answer, ALL_FOUR) == read_formula("((ŷ − y) W2ᵀ) ∘ ((h − h∘h) W1ᵀ)", ALL_FOUR)


def test_a_formula_with_shape_errors_can_still_be_shown() -> None:
    reading = read_loosely("((ŷ−y) W2ᵀ) ∘ ((h−h∘h) W1ᵀ)", SHAPES)
    ((node, error),) = reading.misfits
    assert node == reading.expression
    assert node.operation.name == "hadamard"
    assert error.sentence.startswith("The two sides of ∘ have different shapes")
    assert [o.shape for o in node.operands] == [(1, 3), (1, 5)]
    assert read_loosely("x W1", SHAPES) == (read("x W1"), (), None)
