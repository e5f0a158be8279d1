"""The Jacobians as they are shown: their product, their names, their scale, and where their cells come from."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from tests.programs import measured, ready, residual
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.views import factors, path_count
from tutor.figures.axes import axis_entry_names
from tutor.figures.derivation import derivation_spec
from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.jacobians import (
    RESULT,
    cell_sources,
    entry_names,
    equation,
    shared_scale,
    slope_typst,
)
from tutor.figures.palette import nice_scale
from tutor.figures.products import Reading
from tutor.files.library import ready_made
from tutor.language.reader import read_program

QUESTIONS = [(name, wrt) for name, *_ in ready_made() for wrt in ready(name).program.targets]


def shown(asked: Problem, wrt: str, joined: bool = False, scale: float | None = None, path: int = 0) -> EquationSpec:
    derivation = derive(asked.program, wrt)
    return equation(evaluate(asked), derivation, derivation.paths[path], joined, scale)


def by_key(spec: EquationSpec) -> dict[str, HeatmapSpec]:
    return {item.key: item for item in spec.items}


@pytest.mark.parametrize("joined", [False, True], ids=["apart", "joined"])
@pytest.mark.parametrize(("name", "wrt"), QUESTIONS)
def test_the_product_of_what_is_shown_is_the_measured_gradient(name: str, wrt: str, joined: bool) -> None:
    asked = ready(name)
    derivation = derive(asked.program, wrt)
    total = np.zeros(asked.shape(wrt))
    for path in range(len(derivation.paths)):
        *chain, result = shown(asked, wrt, joined, path=path).items
        product = reduce(np.matmul, [item.values for item in chain])
        np.testing.assert_allclose(product.reshape(-1), result.values.reshape(-1), rtol=1e-9, atol=1e-12)
        total += result.values.reshape(asked.shape(wrt))
    np.testing.assert_allclose(total, measured(asked, wrt), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("name", "wrt"), QUESTIONS)
def test_rows_are_outputs_and_columns_are_inputs(name: str, wrt: str) -> None:
    asked = ready(name)
    *chain, _ = shown(asked, wrt).items
    for item in chain:
        output, source = item.key.split("→")
        (n, m), (p, q) = asked.shape(output), asked.shape(source)
        assert item.shape == (n * m, p * q)
        assert len(item.column_names) == p * q and len(set(item.column_names)) == p * q
        assert len(item.row_names) in (0, n * m) and (len(item.row_names) == n * m or n * m == 1)


def test_the_question_in_the_order_of_the_equation() -> None:
    spec = shown(ready("backprop-5-3-5"), "x")
    assert [item.key for item in spec.items] == ["L→ŷ", "ŷ→θ", "θ→h", "h→a", "a→x", RESULT]
    assert [item.shape for item in spec.items] == [(1, 5), (5, 5), (5, 3), (3, 3), (3, 5), (1, 5)]
    assert spec.operators == ("·",) * 4 + ("=",)
    assert spec.description == "∂L by ∂ŷ times ∂ŷ by ∂θ times ∂θ by ∂h times ∂h by ∂a times ∂a by ∂x gives ∂L by ∂x"
    items = by_key(spec)
    assert items["θ→h"].row_names == tuple(f"theta_{i}" for i in range(1, 6))
    assert items["θ→h"].column_names == ("h_1", "h_2", "h_3")
    assert items["θ→h"].title == "partial theta slash partial h"
    assert items["θ→h"].matrix_form == "W_2^top"
    assert items["h→a"].note == "diagonal: $sigma$ acts on each entry alone"
    assert items["θ→h"].note == "full: every output reads every input"
    assert items[RESULT].column_names == tuple(f"x_{i}" for i in range(1, 6))
    assert items[RESULT].title == "partial L slash partial x"


def test_joined_links_are_one_matrix() -> None:
    asked = ready("backprop-5-3-5")
    spec = shown(asked, "x", joined=True)
    assert [item.key for item in spec.items] == ["L→θ", "θ→h", "h→a", "a→x", RESULT]
    values = evaluate(asked).values
    np.testing.assert_allclose(spec.items[0].values, values["ŷ"] - values["y"], atol=1e-12)
    assert spec.items[0].matrix_form == "hat(y) - y"


def test_the_jacobian_by_a_matrix_names_every_entry() -> None:
    spec = by_key(shown(ready("backprop-5-3-5"), "W2"))
    assert spec["θ→W2"].shape == (5, 15)
    assert spec["θ→W2"].column_names[:6] == tuple(f"W_2 [{i}, {j}]" for i, j in
                                                 ((1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 1)))
    result = spec[RESULT]
    assert result.shape == (3, 5)
    assert result.row_names == ("h_1", "h_2", "h_3") and result.column_names[0] == "theta_1"
    assert result.note == "in the shape of the variable"


def test_names_of_entries() -> None:
    asked = ready("backprop-5-3-5")
    program = asked.program.resolved(asked.dims)
    assert entry_names(program, "ŷ")[1] == "hat(y)_2"
    assert entry_names(program, "L") == ("L",)
    assert axis_entry_names(program, "W1") == (tuple(f"x_{i}" for i in range(1, 6)), ("a_1", "a_2", "a_3"))
    plain = read_program("A : (n, m)\nL = sum(A)").resolved({"n": 2, "m": 3})
    assert axis_entry_names(plain, "A") == (("1", "2"), ("1", "2", "3"))
    assert slope_typst("ŷ", "W1") == "partial hat(y) slash partial W_1"


def test_a_cell_in_words() -> None:
    asked = ready("backprop-5-3-5")
    spec = by_key(shown(asked, "x"))
    weight = f"{asked.numbers['W2'][2, 1]:.2f}".replace("-", "−")
    assert spec["θ→h"].cell_words(1, 2) == f"∂θ[2] by ∂h[3], {weight}"
    assert spec["L→ŷ"].cell_words(0, 3).startswith("∂L by ∂ŷ[4], ")
    assert spec[RESULT].cell_words(0, 0).startswith("∂L by ∂x[1], ")
    assert by_key(shown(asked, "W2"))["θ→W2"].cell_words(0, 14).startswith("∂θ[1] by ∂W2[3, 5], ")


@pytest.mark.parametrize(("name", "wrt"), QUESTIONS)
def test_one_scale_that_holds_every_number(name: str, wrt: str) -> None:
    spec = shown(ready(name), wrt)
    (scale,) = {item.scale for item in spec.items}
    largest = max(np.abs(item.values).max() for item in spec.items)
    assert scale is not None and largest <= scale <= 2.5 * largest
    assert {item.scale for item in shown(ready(name), wrt, scale=7.0).items} == {7.0}


def test_the_scale_of_the_whole_screen() -> None:
    asked = ready("backprop-5-3-5")
    evaluation, derivation = evaluate(asked), derive(asked.program, "x")
    for joined in (False, True):
        arrays = [*asked.numbers.values(), *(item.values for item in shown(asked, "x", joined).items)]
        assert shared_scale(evaluation, derivation, joined) == nice_scale(max(float(np.abs(a).max()) for a in arrays))
    huge = asked.with_numbers("W2", 100 * asked.numbers["W2"])
    assert shared_scale(evaluate(huge)) >= 100 * np.abs(asked.numbers["W2"]).max()


def test_one_huge_number_does_not_grey_out_all_others() -> None:
    asked = ready("backprop-5-3-5")
    saturated = asked.with_numbers("b2", np.array([[20.0, 0.0, 0.0, 0.0, 0.0]]))
    evaluation, derivation = evaluate(saturated), derive(saturated.program, "x")
    joined, apart = (shared_scale(evaluation, derivation, j) for j in (True, False))
    assert joined == apart == 20.0  # apart there is the slope −y/ŷ of a hopeless guess, beyond the end
    first, *others = equation(evaluation, derivation, derivation.paths[0], False, apart).items
    assert first.goes_beyond
    assert not any(item.goes_beyond for item in others)
    huge = asked.numbers["x"].copy()
    huge[0, 0] = 1e300
    assert shared_scale(evaluate(asked.with_numbers("x", huge))) <= 5.0


def test_what_is_no_number_does_not_spoil_the_scale() -> None:
    program = read_program("x : (1, 2)\nz : (1, 2)\nr = 1 / x\nL = sum(r * z)")
    asked = Problem.drawn("", program, "x", {}, given={"x": np.array([[0.0, 2.0]]), "z": np.array([[3.0, 1.0]])})
    evaluation, derivation = evaluate(asked), derive(program, "x")
    assert shared_scale(evaluation, derivation) == 5.0
    spec = equation(evaluation, derivation, derivation.paths[0])
    assert not np.isfinite(spec.items[-1].values).all()
    assert spec.items[0].scale == 5.0


def test_several_paths_show_their_parts() -> None:
    program = residual(1)
    asked = Problem.drawn("", program, "x", {"n": 3}, 4)
    assert len(derive(program, "x").paths) == 1
    program = read_program("x : (1, n)\nW : (n, n)\na = x W\nL = sum(a * x)")
    asked = Problem.drawn("", program, "x", {"n": 3}, 4)
    assert len(derive(program, "x").paths) == 2
    parts = [shown(asked, "x", path=i).items[-1] for i in range(2)]
    assert all(part.note == "only the part of this path, one of 2: the parts add up" for part in parts)
    assert all(part.description == "Part of the gradient of L by x" for part in parts)
    assert all(part.cell_words(0, 0).startswith("part of ∂L by ∂x[1], ") for part in parts)
    assert all(shown(asked, "x", path=i).description.endswith(" gives part of ∂L by ∂x") for i in range(2))
    np.testing.assert_allclose(sum(part.values for part in parts), measured(asked, "x"), atol=1e-7)
    x, W = asked.numbers["x"], asked.numbers["W"]
    found = sorted(part.values.tolist() for part in parts)
    np.testing.assert_allclose(found, sorted([(x @ W).tolist(), (x @ W.T).tolist()]))


def test_paths_too_many_to_list_are_still_counted() -> None:
    asked = Problem.drawn("", many_paths(7), "x", {"n": 2}, 4)
    derivation = derive(asked.program, "x")
    assert len(derivation.paths) < path_count(derivation) == 2**7
    assert "one of 128:" in shown(asked, "x").items[-1].note
    assert "and 125 more paths" == derivation_spec(derivation, None, asked.dims).more
    assert path_count(derive(ready("backprop-5-3-5").program, "x")) == 1


def many_paths(layers: int) -> Program:
    """Layers of x + tanh(x), by which the ways double each time."""
    names = ["x", *(f"x{i}" for i in range(1, layers + 1))]
    lines = [f"t{i} = tanh({before})\n{after} = {before} + t{i}" for i, (before, after) in enumerate(pairwise(names))]
    return read_program("\n".join(["x : (1, n)", *lines, f"L = sum({names[-1]})"]))


def test_the_scale_is_that_of_what_is_shown() -> None:
    maps = Problem.drawn("", read_program("x : (1, n)\nW : (n, n)\na = x W\nb = a W"), "x", {"n": 3},
                         given={"W": np.full((3, 3), 5.0)})
    derivation = derive(maps.program, "x")
    assert shown(maps, "x").items[-1].values.max() == 75.0
    assert shown(maps, "x").items[-1].colour_scale == shared_scale(evaluate(maps), derivation) == 100.0
    deep = Problem.drawn("", many_paths(5), "x", {"n": 2}, given={"x": np.zeros((1, 2))})
    assert {item.colour_scale for item in shown(deep, "x").items} == {1.0}, "the whole gradient, 32, is not shown"


def large(statements: str, n: int = 600) -> Problem:
    text = f"x : (1, n)\nW : (n, 3)\nV : (n, 3)\n{statements}"
    return Problem.drawn("", read_program(text), "x", {"n": n}, 1)


def test_a_jacobian_too_large_is_described() -> None:
    asked = large("a = x W\nL = sum(a * a)")
    spec = shown(asked, "x")
    factor = by_key(spec)["a→x"]
    assert factor.note == "3 × 600, too large to draw"
    assert factor.matrix_form == "W^top" and factor.title == "partial a slash partial x"
    assert factor.texts == (("–",),)
    assert by_key(spec)["L→a"].shape == (1, 3)
    assert by_key(spec)[RESULT].note == "1 × 600, too large to draw"
    assert by_key(shown(large("a = x W\nL = sum(a * a)", 512), "x"))["a→x"].shape == (3, 512)


def test_a_part_of_a_path_that_is_too_large_is_described() -> None:
    asked = large("a = x W\nb = x V\nL = sum(a * b)")
    for path in range(2):
        result = shown(asked, "x", path=path).items[-1]
        assert result.texts == (("–",),)
        assert result.note == "only the part of this path, one of 2: the parts add up, not computed"


def test_what_is_described_takes_no_part_in_the_scale() -> None:
    spec = shown(large("a = x W\nL = sum(a * a)"), "x")
    assert all(np.isfinite(item.colour_scale) for item in spec.items)


def test_a_cell_is_made_of_the_weight_it_shows() -> None:
    asked = ready("backprop-5-3-5")
    evaluation, derivation = evaluate(asked), derive(asked.program, "x")
    chain = {f.key: f for f in factors(derivation, derivation.paths[0])}
    sources = cell_sources(evaluation, chain["θ→h"])
    assert sources["W2", 2, 1] == ((1, 2),)
    assert len(sources) == 15
    assert cell_sources(evaluation, chain["h→a"]) == {}, "h is no number one can edit"
    assert cell_sources(evaluation, chain["L→ŷ"])["y", 0, 3] == ((0, 3),)


def test_a_weight_that_stands_in_several_cells_is_found_in_all() -> None:
    asked = ready("batch-of-the-question")
    evaluation, derivation = evaluate(asked), derive(asked.program, "W1")
    (factor,) = (f for f in factors(derivation, derivation.paths[0]) if f.key == "A→W1")
    sources = cell_sources(evaluation, factor)
    jacobian = evaluation.link_jacobian("A", "W1")
    for (name, i, j), cells in sources.items():
        assert name == "X" and len(cells) == 3
        assert all(jacobian[cell] == asked.numbers["X"][i, j] for cell in cells)


def test_very_many_cells_are_not_traced() -> None:
    asked = Problem.drawn("", read_program("x : (1, n)\nW : (n, m)\na = x W\nL = sum(a)"), "x", {"n": 60, "m": 60})
    derivation = derive(asked.program, "x")
    assert cell_sources(evaluate(asked), factors(derivation, derivation.paths[0])[1]) == {}


@pytest.mark.parametrize("text", [
    "x : (1, n)\nW : (n, m)\na = x W\np = softmax(a)",
    "x : (n, m)\nH = x.T\nG = H x",
    "x : (n, n)\nD = diag(diagof(x))\nG = D x",
])
def test_a_matrix_at_the_end_has_its_jacobian_as_the_result(text: str) -> None:
    asked = Problem.drawn("Map", read_program(text), "x", {"n": 3, "m": 2}, 1)
    derivation, total = derive(asked.program, "x"), 0
    for path in range(len(derivation.paths)):
        *chain, result = shown(asked, "x", path=path).items
        np.testing.assert_allclose(reduce(np.matmul, [item.values for item in chain]), result.values, atol=1e-12)
        assert result.shape == (len(result.row_names), len(result.column_names))
        total = total + result.values
    out = asked.program.output.name
    step = 1e-6 * np.eye(asked.numbers["x"].size).reshape(-1, *asked.numbers["x"].shape)
    slopes = [[evaluate(asked.with_numbers("x", asked.numbers["x"] + sign * s)).values[out] for sign in (1, -1)]
              for s in step]
    measured_columns = [((up - down) / 2e-6).reshape(-1) for up, down in slopes]
    np.testing.assert_allclose(total, np.stack(measured_columns, axis=1), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("reading", ["left", "right"])
@pytest.mark.parametrize(("name", "wrt"), QUESTIONS)
def test_every_product_is_that_of_the_links_it_names(name: str, wrt: str, reading: Reading) -> None:
    asked = ready(name)
    evaluation, derivation = evaluate(asked), derive(asked.program, wrt)
    path = derivation.paths[-1]
    *items, result = equation(evaluation, derivation, path, reading=reading).items
    for item in items:
        output, source = item.key.split("→")
        names = path[path.index(output) : path.index(source) + 1]
        links = [evaluation.link_jacobian(*link) for link in pairwise(names)]
        np.testing.assert_allclose(item.values, reduce(np.matmul, links), rtol=1e-9, atol=1e-12)
        part = path_count(derivation, output, source) > 1
        assert item.title.startswith('"part of"') == (part and len(links) > 1)
    local = equation(evaluation, derivation, path).items[-1]
    np.testing.assert_array_equal(result.values, local.values)


def test_products_stand_in_the_order_they_are_made() -> None:
    asked = ready("backprop-5-3-5")
    evaluation, derivation = evaluate(asked), derive(asked.program, "x")
    left, right = (equation(evaluation, derivation, derivation.paths[0], reading=reading)
                   for reading in ("left", "right"))
    assert [item.key for item in left.items] == ["L→ŷ", "L→θ", "L→h", "L→a", RESULT]
    assert [item.key for item in right.items] == ["a→x", "h→x", "θ→x", "ŷ→x", RESULT]
    assert left.operators == right.operators == ("arrow.r",) * 4
    assert by_key(left)["L→h"].matrix_form == "partial L slash partial theta dot partial theta slash partial h"
    assert by_key(left)["L→h"].note == "1×5 times 5×3: 15 multiplications"
    assert by_key(right)["θ→x"].note == "5×3 times 3×5: 75 multiplications"
    assert left.description == "Products: ∂L by ∂ŷ, then ∂L by ∂θ, then ∂L by ∂h, then ∂L by ∂a, then ∂L by ∂x"


def test_each_matrix_can_have_a_scale_of_its_own() -> None:
    asked = ready("backprop-5-3-5")
    evaluation, derivation = evaluate(asked), derive(asked.program, "x")
    for item in equation(evaluation, derivation, derivation.paths[0], scale=2.0, own_scales=True).items:
        assert item.colour_scale == nice_scale(float(np.abs(item.values).max()))


def test_a_product_of_what_is_too_large_is_described() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nV : (m, 1)\nh = tanh(x W)\ns = h V\nL = s ∘ s")
    asked = Problem.drawn("", program, "x", {"n": 2, "m": 600})
    evaluation, derivation = evaluate(asked), derive(program, "x")
    for reading in ("left", "right"):
        items = equation(evaluation, derivation, derivation.paths[0], reading=reading).items
        assert any(item.computed is not None and "600" in item.note for item in items[:-1])


def test_jacobians_of_matrices_are_parted_into_blocks() -> None:
    asked = ready("batch-of-the-question")
    items = by_key(shown(asked, "W2"))
    _, k = asked.shape("P")
    assert items["P→Θ"].blocks == (k, k)
    assert items["L→P"].blocks == (0, k)
    assert by_key(shown(ready("backprop-5-3-5"), "x"))["θ→h"].blocks == (0, 0)
