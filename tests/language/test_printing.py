"""What is printed: the same brackets in every format, and text that reads back to the same expression."""

from __future__ import annotations

import ast
from fractions import Fraction

import numpy as np
import pytest
import typst as compiler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.core.evaluate import value_of
from tutor.core.expression import Dimension, Expression, Number, Variable, apply, variables
from tutor.core.layout import Array, Shape, Size, numeric_shape
from tutor.core.operation import Operation
from tutor.core.program import resolve
from tutor.language.names import normalise
from tutor.language.printing import latex, numpy, numpy_prelude, text, typst
from tutor.language.printing.notation import decimal
from tutor.language.reader import read_formula
from tutor.ops import ELEMENTWISE, OPERATIONS, build
from tutor.ops.determinants import Inverse, Invertible
from tutor.ops.elementwise import Elementwise
from tutor.ops.forms import Diag, Kronecker
from tutor.ops.reductions import Broadcast, Sum

SHAPES: dict[str, Shape] = {
    "x": (1, 5), "W1": (5, 3), "b1": (1, 3), "W2": (3, 5), "y": (1, 5), "a": (1, 3), "h": (1, 3), "θ": (1, 5),
    "ŷ": (1, 5), "δθ": (1, 5), "s": (1, 1), "t": (1, 1), "X": (6, 5), "c": (6, 1), "H": (4, 4),
}


def read(formula: str) -> Expression:
    return read_formula(formula, SHAPES)


# text, LaTeX, Typst, NumPy of the same formula; the text is also how it is typed.
PRINTED = [
    (
        "(((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ",
        r"(((\hat{y} - y)\, W_2^{\top}) \circ h \circ (1 - h))\, W_1^{\top}",
        "(((hat(y) - y) thin W_2^top) compose h compose (1 - h)) thin W_1^top",
        "(((yhat - y) @ W2.T) * h * (1 - h)) @ W1.T",
    ),
    ("δθ W2ᵀ", r"\delta_{\theta} W_2^{\top}", "delta_theta W_2^top", "delta_theta @ W2.T"),
    ("x W1 + b1", "x W_1 + b_1", "x W_1 + b_1", "x @ W1 + b1"),
    ("X W1 + b1", "X W_1 + b_1", "X W_1 + b_1", "X @ W1 + b1"),
    ("x (W1 W2)", "x (W_1 W_2)", "x (W_1 W_2)", "x @ (W1 @ W2)"),
    ("−2 s x W1", "-2 s x W_1", "-2 s x W_1", "-2 * s * x @ W1"),
    ("(2 x) W1", r"(2 x)\, W_1", "(2 x) thin W_1", "(2 * x) @ W1"),
    ("(−2) x", r"(-2)\, x", "(-2) thin x", "(-2) * x"),
    ("2 (x ∘ y)", r"2 (x \circ y)", "2 (x compose y)", "2 * (x * y)"),
    ("0.5 x", r"\frac{1}{2} x", "frac(1, 2) x", "0.5 * x"),
    ("(1/3) x", r"\frac{1}{3} x", "frac(1, 3) x", "(1 / 3) * x"),
    ("0.01 x", "0.01 x", "0.01 x", "0.01 * x"),
    ("0.00000001 x", "10^{-8} x", "10^(-8) thin x", "1e-08 * x"),
    ("0.00000003 x", r"(3 \cdot 10^{-8})\, x", "(3 dot 10^(-8)) thin x", "3e-08 * x"),
    ("−y / ŷ", r"-\frac{y}{\hat{y}}", "-frac(y, hat(y))", "-y / yhat"),
    ("(x / 2) ∘ y", r"\frac{x}{2} \circ y", "frac(x, 2) compose y", "(x / 2) * y"),
    ("x W1 / 2", r"\frac{x W_1}{2}", "frac(x W_1, 2)", "x @ W1 / 2"),
    ("x / (1 + y / 2)", r"x / \left(1 + \frac{y}{2}\right)", "x slash (1 + frac(y, 2))", "x / (1 + y / 2)"),
    ("x − (y − θ)", r"x - (y - \theta)", "x - (y - theta)", "x - (y - theta)"),
    ("x + (−y)", "x + (-y)", "x + (-y)", "x + (-y)"),
    ("−(x + y)", "-(x + y)", "-(x + y)", "-(x + y)"),
    ("(−x) ∘ y", r"(-x) \circ y", "(-x) compose y", "(-x) * y"),
    ("x ∘ (y ∘ θ)", r"x \circ (y \circ \theta)", "x compose (y compose theta)", "x * (y * theta)"),
    ("1 − h**2", "1 - h^{2}", "1 - h^2", "1 - h**2"),
    ("H**2", r"H^{\circ 2}", "H^(compose 2)", "H**2"),
    ("h**-1", "h^{-1}", "h^(-1)", "h**-1"),
    ("h**(1/3)", "h^{1/3}", "h^(1/3)", "h**(1 / 3)"),
    ("(H H)ᵀ", r"(H H)^{\top}", "(H H)^top", "(H @ H).T"),
    ("(H**2)ᵀ", r"(H^{\circ 2})^{\top}", "(H^(compose 2))^top", "(H**2).T"),
    ("H − eye(4)", "H - I_{4}", "H - I_(4)", "H - np.eye(4)"),
    ("X ∘ ones(6, 5)", r"X \circ \mathbf{1}_{6 \times 5}", "X compose bold(1)_(6 times 5)", "X * np.ones((6, 5))"),
    ("exp(−x)", r"\exp(-x)", "exp(-x)", "np.exp(-x)"),
    ("σ(a)", r"\sigma(a)", "sigma(a)", "sigmoid(a)"),
    ("step(a)", "[a > 0]", "[a > 0]", "step(a)"),
    ("a ∘ step(a + h)", "a \\circ [(a + h) > 0]", "a compose [(a + h) > 0]", "a * (a + h > 0)"),
    ("step(a) ∘ step(h)", "[a > 0] \\circ [h > 0]", "[a > 0] compose [h > 0]", "step(a) * (h > 0)"),
    ("2 step(a)", "2 [a > 0]", "2 [a > 0]", "2 * step(a)"),
    ("sqrt(h + 1)**3", r"\sqrt{h + 1}^{3}", "sqrt(h + 1)^3", "np.sqrt(h + 1)**3"),
    (
        "softplus(x / y)", r"\operatorname{softplus}\left(\frac{x}{y}\right)",
        '#math.op("softplus")/**/(frac(x, y))', "np.logaddexp(x / y, 0)",
    ),
    ("inv(H)ᵀ H", r"H^{-\top} H", "H^(-top) thin H", "np.linalg.inv(H).T @ H"),
    ("inv(H H)**2", r"((H H)^{-1})^{\circ 2}", "((H H)^(-1))^(compose 2)", "np.linalg.inv(H @ H)**2"),
    ("norm2(x)**2", r"\lVert x \rVert^{2}", "norm( x )^2", "np.linalg.norm(x, keepdims=True)**2"),
    (
        "norm2(X / s)", r"\left\lVert \frac{X}{s} \right\rVert_{F}", "norm( frac(X, s) )_(F)",
        "np.linalg.norm(X / s, keepdims=True)",
    ),
    ("abs(x − y)", r"\lvert x - y \rvert", "abs( x - y )", "np.abs(x - y)"),
    ("s logdet(H)", r"s (\log\det(H))", "s (log  det(H))", "s * logdet(H)"),
    ("x : y + s", "x : y + s", "x : y + s", "np.sum(np.multiply(x, y), keepdims=True) + s"),
    ("kron(x, y) / s", r"\frac{x \otimes y}{s}", "frac(x times.o y, s)", "np.kron(x, y) / s"),
    (
        "normcdf(a) + a ∘ normpdf(a)", r"\Phi(a) + a \circ \phi(a)", "Phi(a) + a compose phi(a)",
        "normcdf(a) + a * normpdf(a)",
    ),
    (
        "sum(x) / xent(y, ŷ)",
        r"\frac{\operatorname{sum}(x)}{\operatorname{xent}(y, \hat{y})}",
        'frac(#math.op("sum")/**/(x), #math.op("xent")/**/(y, hat(y)))',
        "np.sum(x, keepdims=True) / xent(y, yhat)",
    ),
]


@pytest.mark.parametrize(("formula", "in_latex", "in_typst", "in_numpy"), PRINTED, ids=[p[0] for p in PRINTED])
def test_formats(formula: str, in_latex: str, in_typst: str, in_numpy: str) -> None:
    expression = read(formula)
    assert text(expression) == formula
    assert latex(expression) == in_latex
    assert typst(expression) == in_typst
    assert numpy(expression) == in_numpy


def test_a_broadcast_that_the_reader_would_not_put_in_is_written_as_ones() -> None:
    b, c, s = Variable("b1", (1, 3)), Variable("c", (6, 1)), Variable("s", (1, 1))
    assert text(apply(Broadcast((6, 3)), b)) == "ones(6, 1) b1"
    assert text(apply(Broadcast((6, 3)), c)) == "c ones(1, 3)"
    assert text(apply(Broadcast((6, 3)), s)) == "s ones(6, 3)"
    assert text(apply(Broadcast((6, 3)), Number(Fraction(1)))) == "ones(6, 3)"
    assert latex(apply(Broadcast((6, 3)), b)) == r"\mathbf{1}_{6 \times 1} b_1"
    assert numpy(apply(Broadcast((6, 3)), b)) == "np.broadcast_to(b1, (6, 3))"
    assert text(build.add(b, c)) == "b1 + c"
    assert text(apply(Sum(), apply(Broadcast(("N", "m")), s))) == "sum(s ones(N, m))"


def test_operations_without_a_word_in_the_printers_print_from_their_own_latex() -> None:
    product = apply(Kronecker(), build.add(Variable("H", (4, 4)), Variable("H", (4, 4))), Variable("H", (4, 4)))
    assert text(product) == "kron(H + H, H)"
    assert latex(product) == r"(H + H) \otimes H"
    assert typst(product) == "(H + H) times.o H"


def test_sizes_used_as_numbers() -> None:
    expression = build.divide(Variable("s", (1, 1)), Dimension("N"))
    assert (text(expression), numpy(expression), latex(expression)) == ("s / N", "s / N", r"\frac{s}{N}")


def test_parts_are_numbered_in_the_order_of_reading() -> None:
    source = typst(read("(((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ"), parts=True)
    ids = [piece.partition('"')[0] for piece in source.split('"part:')[1:]]
    assert ids == ["ŷ#1", "y#2", "W2.T#3", "h#4", "h#5", "W1.T#6"]
    assert '#mark("part:W2.T#3", $W_2^top$)' in source


def test_parts_can_be_chosen_by_expression_and_path() -> None:
    seen = {}

    def part_of(expression: Expression, path: tuple[int, ...]) -> str | None:
        seen[path] = text(expression)
        return "whole" if path == () else None

    assert typst(read("1 − h W2"), part_of=part_of) == '#mark("part:whole", $1 - h W_2$)/*.*/'
    assert seen == {(): "1 − h W2", (0, 0): "1", (1,): "h W2", (1, 0): "h", (1, 1): "W2"}


def test_decimals() -> None:
    assert decimal(Fraction(1, 8)) == "0.125"
    assert decimal(Fraction(-5, 2)) == "-2.5"
    assert decimal(Fraction(1, 3)) is None
    assert decimal(Fraction(7)) == "7"


def test_the_prelude_defines_what_the_source_calls() -> None:
    expression = read("xent(y, softmax(θ)) + sum(σ(a) ∘ step(a)) + sum(step(a)) + sum(diag(h)) + sum(exp(x))")
    prelude = numpy_prelude([expression])
    defined = {node.name for node in ast.parse(prelude).body if isinstance(node, ast.FunctionDef)}
    assert defined == {"xent", "softmax", "sigmoid", "step", "diag"}
    assert "Array" not in prelude and "self" not in prelude


def test_the_prelude_defines_what_its_own_functions_call() -> None:
    prelude = numpy_prelude([read("sum(gelu(silu(a))) + sum(log_softmax(a))")])
    defined = {node.name for node in ast.parse(prelude).body if isinstance(node, ast.FunctionDef)}
    assert defined == {"gelu", "normcdf", "silu", "sigmoid", "log_softmax", "logsumexp"}
    assert ".value" not in prelude


def test_sizes_that_are_products_are_read_and_printed() -> None:
    A, B = Variable("A", ("n", "m")), Variable("B", ("m", 2))
    expression = apply(Sum(), build.multiply(apply(Kronecker(), A, B), build.ones("m·n", "2·m")))
    assert text(expression) == "sum(kron(A, B) ∘ ones(m·n, 2·m))"
    assert read_formula(text(expression), {"A": A.shape, "B": B.shape}) == expression
    assert apply(Kronecker(), B, A).shape == apply(Kronecker(), A, B).shape
    assert r"\mathbf{1}_{m \cdot n \times 2 \cdot m}" in latex(expression)
    assert "bold(1)_(m dot n times 2 dot m)" in typst(expression)
    assert "np.ones((m * n, 2 * m))" in numpy(expression)


# --- random expressions ------------------------------------------------------------------------------------------

SIZES: tuple[Size, ...] = (1, 2, 3, "n")
DIMS = {"n": 4}
LETTERS = "xyahW"
CALLED = [o for o in OPERATIONS if o.called and not issubclass(o, Elementwise) and o not in (Diag, Kronecker)]


def fits(operation: type[Operation], shape: Shape) -> bool:
    """Whether the operation can give a result of a shape."""
    slots = operation.output.shape
    return all(slot == size or isinstance(slot, str) for slot, size in zip(slots, shape, strict=True)) and (
        slots[0] != slots[1] or shape[0] == shape[1])


NOTHING = Number(Fraction(0))


@st.composite
def expressions(draw: st.DrawFn, shape: tuple[Size, Size] | None = None, depth: int = 4) -> Expression:
    """Expressions as the reader builds them."""
    if shape is None:
        shape = (draw(st.sampled_from(SIZES)), draw(st.sampled_from(SIZES)))
    rows, columns = shape
    scalar = shape == (1, 1)

    def inner(of: tuple[Size, Size] = shape) -> Expression:
        return draw(expressions(shape=of, depth=depth - 1))

    kinds = ["name"] * 2 + ["number"] * scalar + ["size"] * scalar
    if depth > 0:
        kinds = ["name", "sum", "sum", "product", "product", "elementwise", "quotient", "minus", "transpose", "power",
                 "function", "called", "called", "scale", "constant", "number", "kron"]
        kinds += ["called", "size"] * scalar
        kinds += ["diag"] * (rows == columns) + ["row", "column"] * (not scalar)
    kind = draw(st.sampled_from(kinds))
    match kind:
        case "number" if scalar:
            value = draw(st.fractions(-9, 9, max_denominator=40) | st.decimals(-1, 1, places=7).map(Fraction))
            return Number(value)
        case "size":
            return Dimension("n")
        case "sum":
            return draw(st.sampled_from([build.add, build.subtract]))(inner(), inner())
        case "row" | "column":
            pair = draw(st.permutations([inner(), inner((1, columns) if kind == "row" else (rows, 1))]))
            combine = draw(st.sampled_from([build.add, build.subtract, build.multiply]))
            return combine(*pair) if pair[1] == NOTHING else draw(st.sampled_from([combine, build.divide]))(*pair)
        case "elementwise":
            return build.multiply(inner(), inner())
        case "quotient":
            divisor = inner()
            return inner() if divisor == NOTHING else build.divide(inner(), divisor)
        case "product":
            size = draw(st.sampled_from(SIZES))
            return build.product(inner((rows, size)), inner((size, columns)))
        case "scale":
            return build.product(inner((1, 1)), inner())
        case "minus":
            return build.negate(inner())
        case "transpose":
            return build.transpose(inner((columns, rows)))
        case "power":
            exponent = draw(st.sampled_from([Fraction(2), Fraction(3), Fraction(-1), Fraction(1, 2), Fraction(1, 3)]))
            return build.power(inner(), exponent)
        case "function":
            return apply(ELEMENTWISE[draw(st.sampled_from(sorted(ELEMENTWISE)))], inner())
        case "called":
            operation = draw(st.sampled_from([o for o in CALLED if fits(o, shape)]))
            if issubclass(operation, Invertible):
                size = rows if operation is Inverse else draw(st.sampled_from(SIZES))
                return apply(operation(), draw(invertible(size)))
            sizes = dict(zip(operation.output.shape, shape, strict=True))
            return apply(operation(), *(inner(tuple(s if isinstance(s, int) else sizes[s] if s in sizes else
                                                    sizes.setdefault(s, draw(st.sampled_from(SIZES)))
                                                    for s in slot.shape)) for slot in operation.inputs))
        case "kron":
            left, right = draw(st.sampled_from([((rows, 1), (1, columns)), (shape, (1, 1)), ((1, columns), (rows, 1))]))
            return apply(Kronecker(), inner(left), inner(right))
        case "diag":
            return apply(Diag(), inner((1, columns)))
        case "constant":
            return draw(st.sampled_from([build.ones, build.zeros]))(rows, columns)
    letter = draw(st.sampled_from(LETTERS))
    return Variable(normalise(f"{letter}_{rows}{columns}"), shape)


@st.composite
def invertible(draw: st.DrawFn, size: Size) -> Expression:
    """Square formulas that are not singular by themselves, as x − x is."""
    one, other = (draw(expressions(shape=(size, size), depth=0).filter(lambda e: isinstance(e, Variable)))
                  for _ in range(2))
    return draw(st.sampled_from([one, build.transpose(one), build.add(one, other), build.product(one, other),
                                 build.power(one, Fraction(2)), apply(Inverse(), one)]))


def shapes_of(expression: Expression) -> dict[str, Shape]:
    return {variable.name: variable.shape for variable in variables(expression)}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions())
def test_text_reads_back_to_the_same_expression(expression: Expression) -> None:
    assert read_formula(text(expression), shapes_of(expression), sizes=["n"]) == expression


def numbers_of(expression: Expression, seed: int = 0) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    return {v.name: rng.uniform(0.5, 1.5, numeric_shape(v.shape, DIMS)) for v in variables(expression)}


def same(ours: Array, theirs: Array) -> bool:
    # What is divided by a zero has no sign: that of the zero depends on where a minus was carried out.
    ours, theirs = (np.where(np.isinf(array), np.inf, array) for array in (ours, theirs))
    return ours.shape == theirs.shape and bool(np.allclose(ours, theirs, rtol=1e-7, atol=1e-9, equal_nan=True))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions())
def test_numpy_source_computes_the_value(expression: Expression) -> None:
    arrays = numbers_of(expression)
    names = {name: f"v{i}" for i, name in enumerate(arrays)}
    source = f"{numpy_prelude([expression])}\nresult = {numpy(expression, names)}\n"
    space: dict[str, object] = {"np": np, "n": DIMS["n"], **{names[name]: array for name, array in arrays.items()}}
    with np.errstate(all="ignore"):
        exec(source, space)
        value = value_of(resolve(expression, DIMS), arrays)
    assert same(np.asarray(space["result"]), value), numpy(expression)


def plain(expression: Expression) -> bool:
    """Whether the LaTeX of an expression consists of what people type: no bold ones, no [a > 0], |a|, Φ(a)."""
    return not any(f"{sign}" in latex(expression) for sign in (r"\mathbf", ">", r"\lvert", r"\Phi", r"\phi"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(expressions().filter(plain))
def test_latex_reads_back_to_the_same_value(expression: Expression) -> None:
    again = read_formula(latex(expression), shapes_of(expression), sizes=["n"])
    arrays = numbers_of(expression)
    with np.errstate(all="ignore"):
        theirs, ours = (value_of(resolve(e, DIMS), arrays) for e in (again, expression))
    assert same(ours, theirs), latex(expression)


def test_typst_compiles(tmp_path_factory: pytest.TempPathFactory) -> None:
    collected: list[str] = []

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(expressions(), st.booleans())
    def collect(expression: Expression, parts: bool) -> None:
        collected.append(f"$ {typst(expression, parts=parts)} $")

    collect()
    path = tmp_path_factory.mktemp("typst") / "all.typ"
    path.write_text("#let mark(id, body) = body\n" + "\n\n".join(collected), encoding="utf-8")
    assert compiler.compile(str(path), format="svg", output=None)
