from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tutor.figures.comparison import ComparisonSpec, SweepSpec
from tutor.figures.drawing import POINTS, FigureStyle, draw_comparison, draw_equation, draw_sweep
from tutor.figures.equation_plan import plan_equation
from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.lettering import Typeset, letter_equation
from tutor.figures.palette import DARK, LIGHT, PRINT, Theme, cell_colour
from tutor.figures.saving import FORMATS, Format, save
from tutor.figures.sheet import formula_path

MakeMatrix = Callable[..., HeatmapSpec]
SVG = "{http://www.w3.org/2000/svg}"
MM = 72.0 / 25.4


def svg_of(figure: Figure) -> str:
    target = io.BytesIO()
    save(figure, target, "svg")
    return target.getvalue().decode()


def group(svg: str, name: str) -> ET.Element:
    return next(g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("id") == name)


def fills(element: ET.Element) -> list[str]:
    styles = [path.get("style", "") for path in element.iter() if path.tag in (f"{SVG}path", f"{SVG}use")]
    return [found[1].upper() for style in styles if (found := re.search(r"fill: (#\w+)", style))]


def numbers_in(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<!--(.*?)-->", svg)]


@pytest.fixture
def sweep() -> SweepSpec:
    steps = 10.0 ** np.arange(-12.0, 0.1, 0.5)
    return SweepSpec(steps, np.maximum(1e-15 / steps, steps**2), 1e-5)


@pytest.fixture
def comparison() -> ComparisonSpec:
    numbers = np.array([[0.1856, -0.6599]])
    return ComparisonSpec(numbers, numbers, np.array([[-5e-12, 0.0]]), (), ("x_1", "x_2"), "x", "entry by entry")


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda theme: theme.name)
def test_every_cell_has_the_colour_of_its_number(network: EquationSpec, typeset: Typeset, theme: Theme) -> None:
    svg = svg_of(draw_equation(network, typeset, FigureStyle(theme)))
    for item, name in zip(network.items, ("dL-dθ", "dθ-dh", "dh-da", "da-dx", "dL-dx"), strict=True):
        drawn = fills(group(svg, f"{name}-cells"))
        assert drawn == [cell_colour(theme, value, item.colour_scale) for value in item.values.ravel().tolist()]


def test_screen_and_file_stand_alike(network: EquationSpec, typeset: Typeset) -> None:
    """The law that holds the two pictures of a spec together: one plan, scaled."""
    style = FigureStyle(LIGHT)
    letters = letter_equation(network, typeset)
    widths = [sign.formula.width for sign in letters.operators]
    plan = plan_equation(network, style.room, [item.measures for item in letters.items], widths)
    svg = svg_of(draw_equation(network, typeset, style))
    corners = []
    for path in group(svg, "dθ-dh-cells").iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
        corners.append((min(numbers[::2]), min(numbers[1::2])))
    place = plan.items[1].matrix
    first = corners[0]
    for index, (x, y) in enumerate(corners):
        cell, origin = place.cell_rect(*divmod(index, 3)), place.cell_rect(0, 0)
        assert x - first[0] == pytest.approx((cell.left - origin.left) * POINTS, abs=1e-3)
        assert y - first[1] == pytest.approx((cell.top - origin.top) * POINTS, abs=1e-3)


def test_all_numbers_are_printed_as_on_the_screen(network: EquationSpec, typeset: Typeset) -> None:
    printed = numbers_in(svg_of(draw_equation(network, typeset)))
    for item in network.items:
        for row in item.texts:
            for text in row:
                assert text in printed
    assert [text for text in printed if text.startswith("diagonal")] == ["diagonal: it acts as"]
    assert printed[-5:] == ["−1", "−0.2", "0", "0.2", "1"]


def test_mixed_scales_have_no_common_legend(typeset: Typeset, make_matrix: MakeMatrix) -> None:
    mixed = EquationSpec((make_matrix("A", 1, 2, scale=1.0), make_matrix("B", 1, 2, scale=2.0)), ("=",))
    assert "−0.5" not in numbers_in(svg_of(draw_equation(mixed, typeset)))[-5:]


@pytest.mark.parametrize("width", [80.0, 160.0])
def test_the_picture_is_as_wide_as_asked(network: EquationSpec, typeset: Typeset, width: float) -> None:
    svg = ET.fromstring(svg_of(draw_equation(network, typeset, FigureStyle(width_mm=width))))
    assert float(svg.get("width", "0").removesuffix("pt")) == pytest.approx(width * MM, abs=0.01)


def test_a_png_has_the_dots_asked_for(network: EquationSpec, typeset: Typeset) -> None:
    target = io.BytesIO()
    save(draw_equation(network, typeset, FigureStyle(width_mm=100.0)), target, "png", dpi=254.0)
    assert Image.open(target).width == pytest.approx(1000, abs=1)


def test_paper_has_hairlines_and_the_screen_has_gaps(network: EquationSpec, typeset: Typeset) -> None:
    printed = ET.tostring(group(svg_of(draw_equation(network, typeset)), "dθ-dh-cells")).decode()
    light = ET.tostring(group(svg_of(draw_equation(network, typeset, FigureStyle(LIGHT))), "dθ-dh-cells")).decode()
    assert "stroke: #a9afb9" in printed
    assert "stroke-width: 0.5" in printed
    assert "stroke: #" not in light


def test_a_matrix_of_very_many_cells_is_a_picture_of_dots(typeset: Typeset, make_matrix: MakeMatrix) -> None:
    many = EquationSpec((make_matrix("J", 64, 600, row_names=(), column_names=()),))
    svg = svg_of(draw_equation(many, typeset))
    assert svg.count("<image") == 1
    assert len(svg) < 400_000


def test_a_comparison_is_drawn_with_its_words(comparison: ComparisonSpec, typeset: Typeset) -> None:
    printed = numbers_in(svg_of(draw_comparison(comparison, typeset)))
    assert {"analytic", "numeric", "difference", "0.1856", "−0.6599", "−5e−12", "0", "entry by entry"} <= set(printed)


def test_a_difference_beyond_the_scale_is_said_at_the_scale(typeset: Typeset) -> None:
    wrong = ComparisonSpec(np.array([[1.0, 0.5]]), np.array([[-1.0, 0.5]]), np.array([[2.0, 0.0]]))
    printed = numbers_in(svg_of(draw_comparison(wrong, typeset)))
    assert printed[-1].startswith("&gt; ") and any(text.startswith("&lt; ") for text in printed)


def test_what_differs_is_ringed_in_red(comparison: ComparisonSpec, typeset: Typeset) -> None:
    calm = svg_of(draw_comparison(comparison, typeset)).lower()
    worst = svg_of(draw_comparison(replace(comparison, differs=(0, 1)), typeset)).lower()
    assert PRINT.wrong.lower() not in calm
    assert worst.count(f"stroke: {PRINT.wrong.lower()}") == 1  # the rows are stacked: one ring round all three


def test_a_sweep_is_drawn_with_its_words(sweep: SweepSpec) -> None:
    svg = svg_of(draw_sweep(sweep))
    assert {"−1", "rounding", "2", "truncation", "step used", "1e−8"} <= set(numbers_in(svg))
    assert group(svg, "curve") is not None
    assert "stroke-dasharray" in ET.tostring(group(svg, "used")).decode()


def test_formulas_in_files_are_the_outlines_of_the_screen(typeset: Typeset) -> None:
    (formula,) = typeset(["x"], 20.0)
    path = formula_path(formula, "ink", 100.0, 50.0)
    assert path is not None
    assert path.get_extents().bounds == pytest.approx((100.0, 55.0, 10.0, 10.0))
    assert formula_path(formula, "muted", 0.0, 0.0) is None


def test_settings_of_the_user_change_nothing(network: EquationSpec, typeset: Typeset) -> None:
    plain = svg_of(draw_equation(network, typeset))
    with matplotlib.rc_context({"svg.fonttype": "none", "lines.linewidth": 9, "text.color": "red", "savefig.dpi": 30,
                                "axes.facecolor": "red", "savefig.bbox": "tight", "patch.linewidth": 5}):
        assert svg_of(draw_equation(network, typeset)) == plain


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_keeps_its_title(
    network: EquationSpec, typeset: Typeset, kind: Format, tmp_path: Path
) -> None:
    file = tmp_path / f"picture.{kind}"
    save(draw_equation(network, typeset), file, kind, title="θ & <h>")
    data = file.read_bytes()
    if kind == "png":
        assert Image.open(file).text == {"Title": "θ & <h>"}  # type: ignore[attr-defined]
    elif kind == "svg":
        assert "θ & <h>" in "".join(ET.fromstring(data.decode()).itertext())
    else:
        assert "θ & <h>".encode("utf-16-be") in data
    assert b"matplotlib.org" not in data.lower()


WRITE = """
import io, sys, hashlib
import numpy as np
from tutor.figures.drawing import draw_equation
from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.lettering import typeset_with
from tutor.figures.saving import FORMATS, save
from tutor.typeset import Typesetter
names = ("x_1", "theta_2")
spec = EquationSpec((
    HeatmapSpec("A", np.array([[0.5, -0.25]]), (), names, "partial h", "W_2^top", "as $compose$"),
    HeatmapSpec("B", np.array([[1.5, -0.25]]), (), names, "partial h"),
), ("=",))
for kind in FORMATS:
    target = io.BytesIO()
    save(draw_equation(spec, typeset_with(Typesetter())), target, kind)
    print(kind, hashlib.sha256(target.getvalue()).hexdigest())
assert "matplotlib.pyplot" not in sys.modules
"""

SPECS = """
import sys
import tutor.figures.palette, tutor.figures.cells, tutor.figures.heatmap, tutor.figures.comparison
import tutor.figures.equation_plan, tutor.figures.comparison_plan, tutor.figures.sweep_plan, tutor.figures.lettering
print(*sorted({"matplotlib", "typst", "sympy", "PySide6"} & set(sys.modules)))
"""


def run_python(code: str, root: Path, seed: str = "0") -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=root, capture_output=True, text=True,
                          timeout=120, env={**os.environ, "PYTHONHASHSEED": seed})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_processes_write_the_same_bytes(root: Path) -> None:
    assert run_python(WRITE, root, "1") == run_python(WRITE, root, "2")


def test_specs_and_layouts_cost_neither_matplotlib_nor_typst(root: Path) -> None:
    assert run_python(SPECS, root).strip() == ""
