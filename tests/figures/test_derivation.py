from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.programs import Writing, add, deep, lstm, multiply, network, product, regression, relu_loss, tanh, total
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import Derivation, derive
from tutor.derive.proof import Proof, prove
from tutor.figures.chain_layout import chain_picture
from tutor.figures.composing import captioned, flowed, stacked
from tutor.figures.derivation import MOST_CHAINS, DerivationSpec, StepSpec, derivation_spec
from tutor.figures.derivation_details import WAITING
from tutor.figures.derivation_layout import NARROW, detail_row, gutter, one_line, step_equation
from tutor.files import library
from tutor.language.reader import read_program
from tutor.typeset import Formula, TypesetError, Typesetter

SIZES = {"n": 5, "m": 3, "k": 5, "N": 4}
VARIABLES = ("x", "W1", "b1", "W2", "b2")


def sizes(program: Program) -> dict[str, int]:
    return {name: SIZES[name] for name in program.dimensions}


def proofs_of(derivation: Derivation) -> dict[tuple[str, str], Proof]:
    program = derivation.program
    return {(ln.output, ln.source): prove(program, ln, sizes(program)) for ln in derivation.links}


def spec_of(program: Program, wrt: str, joined: bool = False, proved: bool = False) -> DerivationSpec:
    derivation = derive(program, wrt)
    return derivation_spec(derivation, proofs_of(derivation) if proved else None, sizes(program), joined)


def twice() -> Program:
    """h = tanh(x W); g = h W + x; L = sum(g ∘ g): both x and W are read twice."""
    w = Writing()
    x, W = w.given("x", 1, "n"), w.given("W", "n", "n")
    h = w.let("h", tanh(product(x, W)))
    g = w.let("g", add(product(h, W), x))
    w.let("L", total(multiply(g, g)))
    return w.program()


def step_of(spec: DerivationSpec, key: str) -> StepSpec:
    return next(step for step in spec.steps if step.key == key)


def detail(step: StepSpec, caption: str) -> str:
    return next(d.words for d in step.details if d.caption == caption)


def parts(typst: str) -> list[str]:
    return re.findall(r'"part:([^"]+)"', typst)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


# --- the chain -----------------------------------------------------------------------------------------------------


def test_the_chain_of_the_question_has_five_links() -> None:
    [chain] = spec_of(network("onehot"), "x").chains
    assert [f.key for f in chain.factors] == ["L→ŷ", "ŷ→θ", "θ→h", "h→a", "a→x"]
    assert [f.shape for f in chain.factors] == ["1×5", "5×5", "5×3", "3×3", "3×5"]
    assert chain.shape == "1×5"
    assert chain.words.startswith("∂L/∂x = ∂L/∂ŷ, −y / ŷ, 1×5 times ∂ŷ/∂θ, diag(ŷ) − ŷᵀ ŷ, 5×5 times ∂θ/∂h, W2ᵀ, 5×3")


def test_joining_takes_the_first_two_together() -> None:
    spec = spec_of(network("onehot"), "x", joined=True)
    assert [f.key for f in spec.chains[0].factors] == ["L→θ", "θ→h", "h→a", "a→x"]
    assert spec.chains[0].factors[0].words == "∂L/∂θ, ŷ − y, 1×5"
    assert [step.way_words for step in spec.steps] == ["L → θ", "θ → h", "h → a", "a → x"]
    assert spec.join == "join softmax with cross-entropy"


def test_where_nothing_can_be_joined_there_is_no_control() -> None:
    spec = spec_of(regression(), "x", joined=True)
    assert spec.join == "" and not spec.joined


@pytest.mark.parametrize("wrt", VARIABLES)
@pytest.mark.parametrize("joined", [False, True])
def test_every_factor_that_says_something_is_found_in_the_gradient(wrt: str, joined: bool) -> None:
    spec = spec_of(network("onehot"), wrt, joined)
    found = {link for part in parts(spec.gradient) for link in spec.links_of((*part.split("→"),))}  # type: ignore[arg-type]
    silent = {f.links for f in spec.chains[0].factors if "eye" in f.words and "kron" not in f.words}
    assert found == {link for f in spec.chains[0].factors if f.links not in silent for link in f.links}


def test_a_diagonal_factor_is_both_its_pieces() -> None:
    assert parts(spec_of(network("onehot"), "b1").gradient) == ["L→θ", "θ→h", "h→a", "h→a"]


def test_a_weight_used_twice_is_told_apart_by_its_order() -> None:
    assert parts(spec_of(twice(), "x").gradient) == ["L→g", "L→g", "g→h", "h→x", "h→x"]


def test_in_columns_the_order_is_the_other_way_round() -> None:
    w = Writing()
    A, x = w.given("A", "n", "n"), w.given("x", "n", 1)
    h = w.let("h", tanh(product(A, x)))
    g = w.let("g", product(A, h))
    w.let("L", total(multiply(g, g)))
    found = parts(spec_of(w.program(), "x").gradient)
    assert found.index("h→x") < found.index("g→h")


def test_several_paths_are_joined_with_plus() -> None:
    spec = spec_of(twice(), "W")
    assert [chain.sign for chain in spec.chains] == ["=", "+"]
    assert [bool(chain.result) for chain in spec.chains] == [True, False]
    assert spec.more == ""


def test_more_than_three_paths_are_counted() -> None:
    w = Writing()
    u = x = w.given("x", 1, "n")
    for i in range(5):
        u = w.let(f"u{i}", add(tanh(u), x))
    w.let("L", total(u))
    spec = spec_of(w.program(), "x")
    assert len(spec.chains) == MOST_CHAINS
    assert spec.more == "and 2 more paths"


def test_a_link_without_a_short_matrix_says_what_it_does() -> None:
    [chain] = spec_of(read_program("X : (n, n)\nD = diag(diagof(X))\nL = sum(D * D)"), "X").chains
    assert chain.factors[-1].words.startswith("∂D/∂X, δD ↦ diag(diagof(δD)), ")
    assert chain.factors[-1].form.startswith("delta_D |-> #math.op(\"diag\")")


def test_a_matrix_at_the_end_shows_its_jacobian_and_what_becomes_of_a_cotangent() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\na = x W\np = softmax(a)")
    spec = spec_of(program, "x")
    assert spec.gradient_words == "(diag(p) − pᵀ p) Wᵀ"
    assert spec.chains[0].words.startswith("∂p/∂x = ∂p/∂a, diag(p) − pᵀ p, ")
    assert [step.equation_words for step in spec.steps] == ["δa = p ∘ (δp − sum(δp ∘ p))", "δx = δa Wᵀ"]
    rule = next(row for row in spec.steps[0].details if row.caption == "rule")
    assert rule.words.startswith("δa = δp ∂p/∂a = δp (diag(p) − pᵀ p) = ")
    without = spec_of(read_program("X : (n, n)\nD = diag(diagof(X))\nG = D X"), "X")
    assert without.gradient_words == "(δG ↦ D δG + diag(diagof(X δGᵀ)))"


def test_a_gradient_by_a_symmetric_matrix_says_that_it_is_unconstrained() -> None:
    program = read_program("S : (n, n) symmetric\nx : (n, 1)\nL = x.T S x")
    assert "unconstrained gradient" in spec_of(program, "S").blocks_words
    by_x = spec_of(program, "x")
    assert by_x.blocks == ""
    assert [p.words for p in by_x.promises] == ["Uses that S is symmetric."]
    assert by_x.steps[0].promises == by_x.promises


# --- steps ---------------------------------------------------------------------------------------------------------


def test_the_rows_say_way_equation_rule_and_shape() -> None:
    spec = spec_of(network("onehot"), "x", joined=True)
    assert [step.words for step in spec.steps] == [
        "L → θ: δθ = ∂L/∂θ = ŷ − y; softmax with cross-entropy, 1×5, certified",
        "θ → h: δh = δθ W2ᵀ; matrix product, 1×3, certified",
        "h → a: δa = δh ∘ h ∘ (1 − h); elementwise function, 1×3, certified",
        "a → x: ∂L/∂x = δa W1ᵀ; matrix product, 1×5, certified",
    ]


def test_the_step_that_says_where_the_circle_comes_from_is_open_first() -> None:
    assert spec_of(network("onehot"), "x").first_open == "a"
    assert spec_of(network("onehot"), "b2").first_open is None


@pytest.mark.parametrize(("program", "wrt", "key", "rule"), [
    (network("onehot"), "x", "a", "δa = δh ∂h/∂a = δh diag(h ∘ (1 − h)) = δh ∘ h ∘ (1 − h)"),
    (network("onehot"), "x", "h", "δh = δθ ∂θ/∂h = δθ W2ᵀ"),
    (network("onehot"), "x", "θ", "δθ = δŷ ∂ŷ/∂θ = δŷ (diag(ŷ) − ŷᵀ ŷ) = ŷ − y"),
    (network("onehot"), "x", "ŷ", "L = xent(y, ŷ) ⟹ δŷ = ∂L/∂ŷ = −y / ŷ"),
    (network("onehot"), "W2", "W2", "θ = h W2 + b2 ⟹ ∂L/∂W2 = hᵀ δθ "
     "δθ, its entries row by row, times ∂θ/∂W2 = kron(h, eye(k)) gives the entries of hᵀ δθ, row by row."),
    (network(rows="N"), "b1", "b1", "a = x W1 + b1 ⟹ ∂L/∂b1 = colsum(δa)"),
    (regression(), "x", "x", "∂L/∂x = (∂r/∂x)ᵀ δr = Aᵀ δr"),
    (twice(), "x", "x", "∂L/∂x = δg ∂g/∂x + δh ∂h/∂x = δg + (δh ∘ (1 − h**2)) Wᵀ"),
])
def test_the_rule_is_right_for_rows_columns_and_matrices(program: Program, wrt: str, key: str, rule: str) -> None:
    assert detail(step_of(spec_of(program, wrt), key), "rule") == rule


def test_joined_the_rule_multiplies_both_links() -> None:
    rule = detail(step_of(spec_of(network("onehot"), "x", joined=True), "θ"), "rule")
    assert rule == "δθ = ∂L/∂ŷ ∂ŷ/∂θ = (−y / ŷ) (diag(ŷ) − ŷᵀ ŷ) = ŷ − y"


def inside(step: StepSpec) -> list[str]:
    return [line.words for d in step.details if d.caption == "in detail" for line in d.lines]


def test_a_step_in_detail_is_one_chain_of_equalities() -> None:
    assert inside(step_of(spec_of(network("onehot"), "x"), "θ")) == [
        "δθ = ŷ ∘ (δŷ − sum(δŷ ∘ ŷ)) (softmax)",
        "= ŷ ∘ (−y / ŷ − sum((−y / ŷ) ∘ ŷ)) (δŷ written out)",
        "= ŷ ∘ (1 − y / ŷ) (cancelling, entries of y sum to 1)",
        "= ŷ − y (multiplying out, cancelling)",
    ]


def test_inside_a_statement_each_rule_has_its_line() -> None:
    program = read_program("x : (1, n)\ny : (1, n)\nL = 0.5 * sum((x - y) * (x - y))")
    step = step_of(spec_of(program, "x"), "x")
    assert step.title == "difference, elementwise product, sum of all entries, then scalar multiple" or (
        step.title == "elementwise product, sum of all entries, then scalar multiple")
    lines = inside(step)
    assert lines[-1] == "∂L/∂x = x − y (all ways added)"
    assert "δ[x − y], way 1 of 2 = (0.5 ones(1, n)) ∘ (x − y) = (x − y) / 2 (elementwise product)" in lines


def test_where_nothing_is_rewritten_there_is_no_detail() -> None:
    assert inside(step_of(spec_of(network("onehot"), "x"), "h")) == []


def test_blocks_are_explained_where_they_stand() -> None:
    program = read_program("X : (N, n)\nW : (n, m)\nA = X W\nL = sum(A * A)")
    spec = spec_of(program, "W")
    assert spec.blocks.startswith("Blocks of $X times.o I_(m)$: block i, j is $X_(i j)$ $I_(m)$")
    assert spec.blocks_words.endswith("; entries are counted row by row.")
    assert spec_of(network("onehot"), "x").blocks == ""


def test_two_links_are_never_joined_into_one() -> None:
    program = read_program("x : (1, n)\ny : (1, n) distribution\np = softmax(x)\nL = xent(y, p)")
    spec = spec_of(program, "x", joined=True)
    assert [len(chain.factors) for chain in spec.chains] == [2]
    assert spec.join == "" and [step.key for step in spec.steps] == ["p", "x"]


def test_sympy_is_waited_for_and_then_quoted() -> None:
    waiting = step_of(spec_of(network("onehot"), "x"), "a")
    assert next(d for d in waiting.details if d.caption == "SymPy").words == WAITING
    assert detail(waiting, "checked").startswith("Residual ")
    proved = step_of(spec_of(network("onehot"), "x", proved=True), "a")
    assert any("s_(i) = frac(e^(-a_i)" in m for d in proved.details if d.caption == "SymPy" for m in d.maths)
    assert re.fullmatch(r"Exact in all 9 entries\. Residual (0|\de−\d\d) at a fresh draw of sizes 4-3-2\.",
                        detail(proved, "checked"))


BRANCHES = read_program("x : (1, n)\nu = tanh(x)\nv = u + x\nw = v * u\nL = sum(w)")


def test_only_the_last_link_of_each_path_is_multiplied() -> None:
    step = step_of(spec_of(BRANCHES, "x"), "u")
    assert step.way_words == "w and v → u" and step.title == "sum of 2 paths"
    assert detail(step, "rule") == "δu = δw ∂w/∂u + δv ∂v/∂u = v + δv"


@pytest.mark.parametrize("program", [network("onehot"), regression(), relu_loss(), lstm(2), BRANCHES])
def test_the_links_of_a_step_bring_all_of_its_cotangent(program: Program) -> None:
    evaluation = evaluate(Problem.drawn("", program, "x", sizes(program), 3))
    for step in spec_of(program, "x").steps:
        brought = sum(evaluation.gradients[output].reshape(1, -1) @ evaluation.link_jacobian(output, source)
                      for output, source in step.links)
        np.testing.assert_allclose(brought, evaluation.gradients[step.key].reshape(1, -1), rtol=1e-9, atol=1e-12)


def test_sizes_of_all_proofs_are_said() -> None:
    program = read_program("x : (1, n)\nW : (n, n)\na = x W\nb = tanh(2 * x) * σ(x) + x\nL = sum(a * b)")
    derivation = derive(program, "x")
    dims = {"n": 4}
    proofs = {(ln.output, ln.source): prove(program, ln, dims) for ln in derivation.links}
    assert {proof.sizes["n"] for proof in proofs.values()} == {2, 4}
    said = detail(step_of(derivation_spec(derivation, proofs, dims), "x"), "checked")
    assert re.match(r"Exact in all 20 entries, at sizes (2 and 4|4 and 2)\. Residual ", said)


def test_a_failed_proof_is_said_and_no_tick_is_given() -> None:
    derivation = derive(network("onehot"), "x")
    proofs: Mapping[tuple[str, str], Proof] = {
        names: replace(p, exact=False, sentence="1 of 9 entries could not be proved.") if names == ("h", "a") else p
        for names, p in proofs_of(derivation).items()
    }
    step = step_of(derivation_spec(derivation, proofs, sizes(derivation.program)), "a")
    assert not step.certified and "not certified" in step.words
    checked = next(d for d in step.details if d.caption == "checked")
    assert checked.wrong and "∂h/∂a: 1 of 9 entries could not be proved." in checked.words


def test_a_proof_that_was_not_tried_is_said_and_takes_no_tick_away() -> None:
    derivation = derive(network(), "x")
    missing = Proof(None, 0, {}, (), "SymPy was stopped.")
    proofs = {names: missing if names == ("h", "a") else p for names, p in proofs_of(derivation).items()}
    step = step_of(derivation_spec(derivation, proofs, sizes(derivation.program)), "a")
    assert step.certified
    rows = {d.caption: d for d in step.details}
    assert rows["SymPy"].quiet and rows["SymPy"].words == "SymPy was stopped."
    assert not rows["checked"].wrong and rows["checked"].words.startswith("Residual ")


def test_a_link_sympy_has_no_answer_for_shows_none() -> None:
    derivation = derive(network("onehot"), "x")
    spec = derivation_spec(derivation, {}, sizes(derivation.program))
    assert all(d.caption != "SymPy" for step in spec.steps for d in step.details)


def test_a_promise_is_said_and_its_breach_is_found() -> None:
    spec = spec_of(network("onehot"), "x")
    assert detail(step_of(spec, "θ"), "promise") == "Uses that y is one-hot."
    assert spec.warnings(()) == ()
    [warning] = spec.warnings({("y", "onehot")})
    assert warning.warning_words == "Uses that y is one-hot; its numbers break this promise."


def test_nothing_is_promised_where_nothing_is_used() -> None:
    assert all(not step.promises for step in spec_of(network(), "x").steps)


def test_a_variable_the_output_does_not_read_has_no_steps() -> None:
    w = Writing()
    w.given("z", 1, "n")
    w.let("L", total(w.given("x", 1, "n")))
    spec = spec_of(w.program(), "z")
    assert spec.steps == () and spec.chains == ()


# --- what belongs together -----------------------------------------------------------------------------------------


def test_a_link_lights_its_column_and_its_pieces() -> None:
    spec = spec_of(network("onehot"), "x")
    assert spec.lit(("θ", "h")) == {"θ→h"}
    assert spec.lit(("ŷ", "θ")) == {"ŷ→θ", "L→θ"}


def test_a_joined_link_lights_both_columns_where_they_are_apart() -> None:
    apart, joined = spec_of(network("onehot"), "x"), spec_of(network("onehot"), "x", joined=True)
    assert apart.links_of(("L", "θ")) == {("L", "ŷ"), ("ŷ", "θ")}
    assert {"L→ŷ", "ŷ→θ"} <= apart.lit(("L", "θ"))
    assert joined.lit(("L", "ŷ")) >= {"L→θ"}


# --- where it stands -----------------------------------------------------------------------------------------------


def test_a_column_is_a_part_and_columns_do_not_touch(typesetter: Typesetter) -> None:
    spec = spec_of(network("onehot"), "x")
    picture = chain_picture(typesetter, spec.chains, 580.0, 84.0)
    assert [box.part for box in picture.formula.boxes] == [f.key for f in spec.chains[0].factors]
    assert all(a.x + a.w < b.x for a, b in zip(picture.formula.boxes, picture.formula.boxes[1:], strict=False))
    assert picture.formula.width <= 580.0 and picture.size == 20.0


def test_a_chain_gets_smaller_before_it_is_broken(typesetter: Typesetter) -> None:
    spec = spec_of(network("onehot"), "x")
    tall = [chain_picture(typesetter, spec.chains, width, 0.0) for width in (550.0, 440.0, 380.0, 240.0)]
    assert [picture.size for picture in tall] == [20.0, 17.0, 15.0, 17.0]
    assert tall[3].formula.height > 1.5 * tall[0].formula.height
    assert all(p.formula.width <= w + 1e-6 for p, w in zip(tall, (550.0, 440.0, 380.0, 240.0), strict=True))


def test_the_signs_of_chain_and_gradient_stand_under_each_other(typesetter: Typesetter) -> None:
    spec = spec_of(network("onehot"), "x")
    picture = chain_picture(typesetter, spec.chains, 550.0, 84.0)
    line = one_line(typesetter, spec.equation, 550.0, 84.0, picture)
    first = min(glyph.x for glyph in line.glyphs if glyph.role == "ink")
    assert first == pytest.approx(picture.equals, abs=2.0)


@pytest.mark.parametrize(("name", "wrt", "whole", "top", "line"), [
    ("backprop-5-3-5", "x", "∂L/∂x", "∂L/∂ŷ, −y / ŷ, 1×5", ""),
    ("backprop-5-3-5", "W2", "vec(∂L/∂W2)ᵀ", "∂L/∂ŷ, −y / ŷ, 1×5", "∂L/∂W2"),
    ("linear-regression", "w", "(∂L/∂w)ᵀ", None, "∂L/∂w"),
    ("attention", "Q", "vec(∂L/∂Q)ᵀ", "vec(∂L/∂O)ᵀ, vec(O − Y)ᵀ, 1×6", "∂L/∂Q"),
])
def test_the_product_says_how_it_gives_the_gradient(
    name: str, wrt: str, whole: str, top: str | None, line: str
) -> None:
    problem = library.problem(name)
    spec = derivation_spec(derive(problem.program, wrt), None, problem.dims)
    chain = spec.chains[0]
    assert chain.words.startswith(f"{whole} = ") and spec.apart.text == line
    assert top is None or chain.factors[0].words == top
    assert spec.equation.startswith("=") is (line == "")


def test_a_long_gradient_is_set_smaller_and_then_wider_than_the_room(typesetter: Typesetter) -> None:
    short = one_line(typesetter, spec_of(deep(2), "x").gradient, 550.0, 84.0)
    long = one_line(typesetter, spec_of(deep(8), "x").gradient, 550.0, 84.0)
    assert short.width <= 550.0 < long.width
    assert long.height < short.height


def test_a_sum_too_long_for_a_line_is_broken_before_its_signs(typesetter: Typesetter) -> None:
    problem = library.problem("two-step-rnn")
    spec = derivation_spec(derive(problem.program, "W"), None, problem.dims)
    wide, broken = (one_line(typesetter, spec.equation, width, 0.0) for width in (900.0, 400.0))
    assert broken.width <= 400.0 < wide.width
    assert any(glyph.y > broken.baseline + 20.0 for glyph in broken.glyphs), "the second path stands below the first"
    assert len(broken.glyphs) == len(wide.glyphs)


def test_a_factor_as_wide_as_the_page_begins_at_its_edge(typesetter: Typesetter) -> None:
    problem = library.problem("attention")
    spec = derivation_spec(derive(problem.program, "Q"), None, problem.dims)
    for width in (420.0, 440.0):
        assert chain_picture(typesetter, spec.chains, width, 0.0).formula.width <= width, "not behind what it gives"


def test_an_equation_without_room_is_cut_to_its_left_side(typesetter: Typesetter) -> None:
    step = step_of(spec_of(network("onehot"), "x"), "a")
    whole, titled = step_equation(typesetter, step, (300.0, 400.0))
    beside, given_way = step_equation(typesetter, step, (100.0, 400.0))
    cut, _ = step_equation(typesetter, step, (20.0, 40.0))
    assert titled and not given_way
    assert whole.width == beside.width > 100.0
    assert cut.width < 80.0


def test_rows_break_inside_their_room(typesetter: Typesetter) -> None:
    for step in spec_of(network("onehot"), "x", proved=True).steps:
        for row in step.details:
            assert detail_row(typesetter, row, 550.0, 84.0).width <= 550.5, row.words


def test_what_cannot_be_typeset_is_shown_as_it_is_written(typesetter: Typesetter) -> None:
    step = replace(step_of(spec_of(network(), "x"), "a"), equation=("unknown_word(",))
    formula, _ = step_equation(typesetter, step, (300.0, 400.0))
    assert formula.glyphs


def test_small_panels_have_a_smaller_gutter() -> None:
    assert gutter(NARROW - 1) < gutter(NARROW)


def test_flowed_breaks_before_a_piece_and_indents(typesetter: Typesetter) -> None:
    pieces = [f for f in typesetter.formulas(["a + b", "= c + d", "= e"]) if not isinstance(f, TypesetError)]
    one = flowed(pieces, 1000.0, gap=5.0)
    assert one.width == pytest.approx(sum(p.width for p in pieces) + 10.0)
    two = flowed(pieces, pieces[0].width + 1.0, indent=7.0)
    assert two.height > 2 * pieces[0].height
    assert len(two.glyphs) == sum(len(p.glyphs) for p in pieces)
    assert two.baseline == pieces[0].baseline


def test_a_caption_stands_on_the_first_line(typesetter: Typesetter) -> None:
    word, tall = typesetter.formula("w"), typesetter.formula("frac(a, b)")
    both = captioned(word, tall, 50.0)
    assert both.baseline == tall.baseline and both.width == 50.0 + tall.width
    assert captioned(None, tall, 50.0).glyphs[0].x == tall.glyphs[0].x + 50.0


def test_stacked_keeps_parts_apart(typesetter: Typesetter) -> None:
    from tutor.typeset.source import part

    one, two = (typesetter.formula(part(name, name)) for name in ("a", "b"))
    both: Formula = stacked([one, two], 6.0)
    assert [box.part for box in both.boxes] == ["a", "b"]
    assert both.boxes[1].y == pytest.approx(two.boxes[0].y + one.height + 6.0)


def test_relu_has_cases() -> None:
    spec = spec_of(relu_loss(), "x", proved=True)
    assert any("cases(" in m for step in spec.steps for d in step.details for m in d.maths)


def test_where_a_gate_appears_it_is_explained() -> None:
    spec = spec_of(relu_loss(), "x")
    said = [step.key for step in spec.steps if "is positive and 0 elsewhere" in detail(step, "because")]
    assert len(said) == 1
    assert "step(" in step_of(spec, said[0]).equation_words
    assert not any("elsewhere" in detail(step, "because") for step in spec_of(network("onehot"), "x").steps)


def test_a_batch_says_that_its_samples_stand_along_the_diagonal() -> None:
    program = read_program("X : (N, n)\nW : (n, m)\nA = X W\nL = sum(A * A)")
    assert "once for each row, along the diagonal" in spec_of(program, "X").blocks
