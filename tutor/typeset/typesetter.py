"""Typesetting: from Typst source to formulas, paragraphs and documents."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from tutor.typeset.cache import Recent
from tutor.typeset.errors import TypesetError
from tutor.typeset.formula import Formula
from tutor.typeset.job import Job

if TYPE_CHECKING:
    from tutor.typeset.compiler import Press

_Result = Formula | TypesetError


class Typesetter:
    """Turns Typst source into formulas, and remembers them.

    May be used from several threads at once: each gets a compiler of its own, the memory is shared. Many sources
    in one call cost much less than many calls.
    """

    def __init__(self, remembered: int = 2048, shelf: Mapping[Job, Formula] | None = None) -> None:
        """Loads nothing yet; the first call that needs Typst does.

        Args:
            remembered: How many formulas to keep.
            shelf: Formulas of an earlier run; see `shelf.py`.
        """
        self._known: Recent[Job, _Result] = Recent(remembered)
        self.shelf = shelf or {}

    @property
    def remembered(self) -> int:
        """How many formulas are kept at the moment."""
        return len(self._known)

    @property
    def asked(self) -> dict[Job, Formula]:
        """What was asked for, as far as it is kept."""
        return {job: result for job, result in self._known.items() if isinstance(result, Formula)}

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
        return self._typeset([Job(source, size, display, None) for source in sources])

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
        return self._typeset([Job(source, size, False, width) for source in sources])

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
        return self._press.document(source, format, ppi)

    def _typeset(self, jobs: Sequence[Job]) -> list[_Result]:
        """The results of jobs, in their order; each new one is done once."""
        known = {job: self._known.get(job) or self._taken(job) for job in jobs}
        missing = [job for job, result in known.items() if result is None]
        new = dict(zip(missing, self._press.typeset(missing), strict=True)) if missing else {}
        for job, result in new.items():
            self._known.put(job, result)
        return [known[job] or new[job] for job in jobs]

    def _taken(self, job: Job) -> Formula | None:
        """A formula from the shelf, now remembered."""
        found = self.shelf.get(job)
        if found is not None:
            self._known.put(job, found)
        return found

    @cached_property
    def _press(self) -> "Press":
        """Typst and its fonts, loaded when the first source is not known yet."""
        from tutor.typeset.compiler import Press

        return Press()


def _or_raise(result: _Result) -> Formula:
    """The formula.

    Raises:
        TypesetError: There is none.
    """
    if isinstance(result, TypesetError):
        raise TypesetError(result.message, result.source, result.line, result.column)
    return result
