"""Formulas kept from one run to the next, so that a window can be painted before Typst is loaded.

The file is only ever a saving of time: one that is missing, damaged, or made by another version is passed over.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tutor.typeset.formula import Box, Formula, Glyph, Outline, Rule
from tutor.typeset.job import Job

_WITH_TYPST = ("typst", "fontpkg_inter", "fontpkg_jetbrains_mono")


def packed(formulas: Mapping[Job, Formula]) -> str:
    """The text of a file that keeps formulas; equal outlines are written once."""
    outlines: dict[Outline, int] = {}
    rows = []
    for job, formula in formulas.items():
        glyphs = [
            [outlines.setdefault(glyph.path, len(outlines)), glyph.x, glyph.y, glyph.part, glyph.role, glyph.outer,
             glyph.joined]
            for glyph in formula.glyphs
        ]
        rules = [[r.x, r.y, r.w, r.h, r.part, r.role, r.outer] for r in formula.rules]
        boxes = [[b.part, b.x, b.y, b.w, b.h, b.outer] for b in formula.boxes]
        rows.append([job, formula.width, formula.height, formula.baseline, glyphs, rules, boxes])
    whole = {"made_by": _makers(), "outlines": list(outlines), "formulas": rows}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def read(file: Path) -> dict[Job, Formula]:
    """The formulas a file keeps; none where there is no such file."""
    try:
        return unpacked(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def unpacked(text: str) -> dict[Job, Formula]:
    """The formulas of a kept file; none where it does not fit this version or cannot be read."""
    try:
        whole = json.loads(text)
        if whole["made_by"] != _makers():
            return {}
        outlines: list[Outline] = [tuple(tuple(command) for command in path) for path in whole["outlines"]]
        return dict(_formula(row, outlines) for row in whole["formulas"])
    except (ValueError, TypeError, LookupError):
        return {}


def _formula(row: list[Any], outlines: list[Outline]) -> tuple[Job, Formula]:
    job, width, height, baseline, glyphs, rules, boxes = row
    made = Formula(
        width, height, baseline,
        tuple(Glyph(outlines[path], x, y, part, role, tuple(outer), joined)
              for path, x, y, part, role, outer, joined in glyphs),
        tuple(Rule(x, y, w, h, part, role, tuple(outer)) for x, y, w, h, part, role, outer in rules),
        tuple(Box(part, x, y, w, h, tuple(outer)) for part, x, y, w, h, outer in boxes),
        str(job[0]),
    )
    return Job(*job), made


def _makers() -> list[list[str | int]]:
    """The files that decide what a formula looks like, each with its size and when it was written."""
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in _deciding()]


def _deciding() -> Iterable[Path]:
    yield from sorted(Path(__file__).parent.glob("*.py"))
    for package in _WITH_TYPST:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin)
