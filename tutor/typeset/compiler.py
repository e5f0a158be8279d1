"""Typesetting: from Typst source to formulas, paragraphs and documents."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import typst

from tutor.typeset import preamble
from tutor.typeset.cache import Recent
from tutor.typeset.errors import TypesetError
from tutor.typeset.fonts import inter_files, mono_files
from tutor.typeset.formula import Formula
from tutor.typeset.marks import number
from tutor.typeset.page import Frame, NotOneFormulaError, read_page

_MARGIN = 4.0  # so that ink overhanging its box stays on the page
_PLACE = re.compile(r"error: (?P<message>.*)\n *┌─ [^\n]*:(?P<line>\d+):(?P<column>\d+)\n")
# A source starts and ends on lines of its own, so that a comment in it ends with it and places in it can be told.
# The line break in front is hidden in a comment: in a paragraph it would print as a space.
_BEFORE, _AFTER = "/*\n*/", "\n"


@dataclass(frozen=True, slots=True)
class _Job:
    """One thing to typeset: the key of the memory.

    Attributes:
        source: Maths, or markup if there is a width.
        size: Font size.
        display: Whether the maths is set as if it stood on a line of its own.
        width: Width of a paragraph, or None for a formula.
    """

    source: str
    size: float
    display: bool
    width: float | None

    def call(self, index: int, source: str) -> str:
        """The Typst call that puts the source on a page of its own."""
        if self.width is None:
            block = "true" if self.display else "false"
            return f"#formula({index}, {self.size}pt, {block}, ${_BEFORE}{source}{_AFTER}$)\n"
        width = self.width + 2 * _MARGIN
        return f"#paragraph({index}, {width}pt, {self.size}pt)[{_BEFORE}{source}{_AFTER}]\n"

    @property
    def frame(self) -> Frame:
        """How the page is laid out."""
        if self.width is None:
            return Frame(self.size, self.size, _MARGIN, wrapped=False)
        return Frame(self.size * preamble.MATHS_IN_TEXT, self.size, _MARGIN, wrapped=True)


_Result = Formula | TypesetError


class Typesetter:
    """Turns Typst source into formulas, and remembers them.

    May be used from several threads at once: each gets a compiler of its own, the memory is shared. Many sources
    in one call cost much less than many calls.
    """

    def __init__(self, remembered: int = 2048) -> None:
        """Loads nothing yet; the first call does.

        Args:
            remembered: How many formulas to keep.
        """
        self._known: Recent[_Job, _Result] = Recent(remembered)
        self._local = threading.local()
        self._lock = threading.Lock()

    @property
    def remembered(self) -> int:
        """How many formulas are kept at the moment."""
        return len(self._known)

    def formulas(
        self, sources: Sequence[str], size: float = 17.0, display: bool = True
    ) -> list[Formula | TypesetError]:
        """Typesets formulas.

        Args:
            sources: Typst maths, as it stands between two dollar signs.
            size: Font size in px.
            display: Whether to set them as on a line of their own (tall fractions, limits above and below) or as in
                a line of text.

        Returns:
            For each source its formula; or, if it is not Typst, the error that says so. A bad source does not touch
            the others.
        """
        return self._typeset([_Job(source, size, display, None) for source in sources])

    def formula(self, source: str, size: float = 17.0, display: bool = True) -> Formula:
        """Typesets one formula; see `formulas`.

        Raises:
            TypesetError: The source is not Typst.
        """
        return _or_raise(self.formulas([source], size, display)[0])

    def paragraphs(self, sources: Sequence[str], width: float, size: float = 13.0) -> list[Formula | TypesetError]:
        """Typesets running text in Inter, with mathematics between dollar signs and `*bold*` words.

        Args:
            sources: Typst markup; names and values in it go through `source.escape`.
            width: Where lines break, in px.
            size: Font size in px; a line is 20/13 as high.

        Returns:
            For each source its paragraph as one formula, or the error that says why not.
        """
        return self._typeset([_Job(source, size, False, width) for source in sources])

    def paragraph(self, source: str, width: float, size: float = 13.0) -> Formula:
        """Typesets one paragraph; see `paragraphs`.

        Raises:
            TypesetError: The source is not Typst.
        """
        return _or_raise(self.paragraphs([source], width, size)[0])

    def document(self, source: str, format: Literal["pdf", "svg", "png"] = "pdf", ppi: float = 144.0) -> bytes:
        """Typesets a whole document for a file.

        Args:
            source: Typst markup. Everything of `source.py` works in it; parts leave no trace. It starts in Inter
                10 pt on A4 and may set pages and texts as it likes.
            format: A PDF has real fonts and text that can be selected; SVG and PNG hold a single page.
            ppi: Pixels per inch of a PNG.

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

    def _typeset(self, jobs: Sequence[_Job]) -> list[_Result]:
        """The results of jobs, in their order; each new one is done once."""
        known = {job: self._known.get(job) for job in jobs}
        missing = [job for job, result in known.items() if result is None]
        new = dict(zip(missing, self._compile(missing), strict=True)) if missing else {}
        for job, result in new.items():
            self._known.put(job, result)
        return [known[job] or new[job] for job in jobs]

    def _compile(self, jobs: Sequence[_Job]) -> list[_Result]:
        """The results of jobs in one go; if that fails, one by one, so that only the bad ones fail."""
        try:
            return list(self._together(jobs))
        except (typst.TypstError, NotOneFormulaError) as error:
            if len(jobs) > 1:
                return [result for job in jobs for result in self._compile([job])]
            [job] = jobs
            if isinstance(error, typst.TypstError):
                return [_error(error, job.source, _HEAD.count("\n") + 1, 2)]
            return [TypesetError("this closes what it did not open", job.source)]

    def _together(self, jobs: Sequence[_Job]) -> list[Formula]:
        """The formulas of jobs, compiled as the pages of one document.

        Raises:
            typst.TypstError: A source is not Typst.
            NotOneFormulaError: The pages are not those of the sources: one of them closes what it did not open.
        """
        numbered = [number(job.source) for job in jobs]
        calls = "".join(job.call(i, source) for i, (job, (source, _)) in enumerate(zip(jobs, numbered, strict=True)))
        found = self._compiler.compile((_HEAD + calls).encode(), format="svg")
        pages = [found] if isinstance(found, bytes) else found or []
        if len(pages) != len(jobs):
            raise NotOneFormulaError(f"There are {len(pages)} pages for {len(jobs)} sources.")
        formulas = []
        for i, (page, job, (_, marks)) in enumerate(zip(pages, jobs, numbered, strict=True)):
            tick, formula = read_page(page.decode(), marks, job.source, job.frame)
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


_HEAD = preamble.SCREEN + preamble.pages(_MARGIN)


def _or_raise(result: _Result) -> Formula:
    """The formula.

    Raises:
        TypesetError: There is none.
    """
    if isinstance(result, TypesetError):
        raise TypesetError(result.message, result.source, result.line, result.column, result.hints)
    return result


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
            return TypesetError(place["message"], source, line, column, tuple(error.hints))
    return TypesetError(error.message, source, hints=tuple(error.hints))
