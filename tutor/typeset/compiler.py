"""Compiling: what Typst makes of sources, read into formulas."""

import re
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import typst

from tutor.typeset import preamble
from tutor.typeset.errors import TypesetError
from tutor.typeset.fonts import inter_files, mono_files
from tutor.typeset.formula import Formula
from tutor.typeset.job import Job
from tutor.typeset.marks import number
from tutor.typeset.page import Frame, NotOneFormulaError, read_page

_MARGIN = 4.0  # so that ink overhanging its box stays on the page
_PLACE = re.compile(r"error: (?P<message>.*)\n *┌─ [^\n]*:(?P<line>\d+):(?P<column>\d+)\n")
# A source starts and ends on lines of its own, so that a comment in it ends with it and places in it can be told.
# The line break in front is hidden in a comment: in a paragraph it would print as a space.
_BEFORE, _AFTER = "/*\n*/", "\n"
_HEAD = preamble.SCREEN + preamble.pages(_MARGIN)


class Press:
    """Typst, with one compiler a thread: a compiler must not be shared."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._lock = threading.Lock()

    def document(self, source: str, format: Literal["pdf", "svg", "png"], ppi: float) -> bytes:
        """A whole document; see `Typesetter.document`.

        Raises:
            TypesetError: The source is not Typst, or it has more pages than the format holds.
        """
        before = preamble.DOCUMENT
        try:
            found = self._compiler.compile((before + source).encode(), format=format, ppi=ppi)
        except typst.TypstError as error:
            raise _error(error, source, before.count("\n"), 0) from None
        if not isinstance(found, bytes):
            count = len(found or ())
            raise TypesetError(f"the document has {count} pages, and {format.upper()} holds one", source)
        return found

    def typeset(self, jobs: Sequence[Job]) -> list[Formula | TypesetError]:
        """The results of jobs in one go; if that fails, one by one, so that only the bad ones fail."""
        try:
            return list(self._together(jobs))
        except (typst.TypstError, NotOneFormulaError) as error:
            if len(jobs) > 1:
                return [result for job in jobs for result in self.typeset([job])]
            [job] = jobs
            if isinstance(error, typst.TypstError):
                return [_error(error, job.source, _HEAD.count("\n") + 1, 2)]
            return [TypesetError("this closes what it did not open", job.source)]

    def _together(self, jobs: Sequence[Job]) -> list[Formula]:
        """The formulas of jobs, compiled as the pages of one document.

        Raises:
            typst.TypstError: A source is not Typst.
            NotOneFormulaError: The pages are not those of the sources: one of them closes what it did not open.
        """
        numbered = [number(job.source) for job in jobs]
        calls = "".join(_call(job, i, source) for i, (job, (source, _)) in enumerate(zip(jobs, numbered, strict=True)))
        found = self._compiler.compile((_HEAD + calls).encode(), format="svg")
        pages = [found] if isinstance(found, bytes) else found or []
        if len(pages) != len(jobs):
            raise NotOneFormulaError(f"There are {len(pages)} pages for {len(jobs)} sources.")
        formulas = []
        for i, (page, job, (_, marks)) in enumerate(zip(pages, jobs, numbered, strict=True)):
            tick, formula = read_page(page.decode(), marks, job.source, _frame(job))
            if tick != i:
                raise NotOneFormulaError(f"Page {i} carries the marker {tick}.")
            formulas.append(formula)
        return formulas

    @property
    def _compiler(self) -> typst.Compiler:
        """The compiler of this thread: it must not be shared."""
        compiler: typst.Compiler | None = getattr(self._local, "compiler", None)
        if compiler is None:
            with self._lock:
                compiler = typst.Compiler(font_paths=self._fonts)
            self._local.compiler = compiler
        return compiler

    @cached_property
    def _fonts(self) -> typst.Fonts:
        """Our fonts and those inside Typst; those of the machine stay out, so that all machines agree."""
        folders = {str(path.parent) for path in (*inter_files(), *mono_files())}
        return typst.Fonts(include_system_fonts=False, font_paths=sorted(folders))


def _call(job: Job, index: int, source: str) -> str:
    """The Typst call that puts the source on a page of its own."""
    if job.width is None:
        block = "true" if job.display else "false"
        return f"#formula({index}, {job.size}pt, {block}, ${_BEFORE}{source}{_AFTER}$)\n"
    width = job.width + 2 * _MARGIN
    return f"#paragraph({index}, {width}pt, {job.size}pt)[{_BEFORE}{source}{_AFTER}]\n"


def _frame(job: Job) -> Frame:
    """How the page is laid out."""
    if job.width is None:
        return Frame(job.size, job.size, _MARGIN, wrapped=False)
    return Frame(job.size * preamble.MATHS_IN_TEXT, job.size, _MARGIN, wrapped=True)


def _error(error: typst.TypstError, source: str, lines: int, columns: int) -> TypesetError:
    """What Typst says first about a place in the source; else what it says first at all.

    Args:
        error: What Typst says.
        source: The source.
        lines: How many lines stand before the source.
        columns: How many signs stand before it on its first line.
    """
    written = source.split("\n")
    for place in _PLACE.finditer(error.diagnostic):
        line = int(place["line"]) - lines
        column = int(place["column"]) + 1 - (columns if line == 1 else 0)  # Typst counts columns from 0
        if 1 <= line <= len(written) and 1 <= column <= len(written[line - 1]):
            return TypesetError(place["message"], source, line, column)
    return TypesetError(error.message, source)
