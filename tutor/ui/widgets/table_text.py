"""Numbers to and from the clipboard, as spreadsheets write them: tabs between columns, a line for each row."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.figures.cells import NumberTextError, number_from_text

_DECIMAL_COMMA: Final = re.compile(r"[+\-\u2212]?(0?,\d+|\d+,(\d{1,2}|\d{4,}))([eE][+\-]?\d+)?")
"""A comma that parts no thousands."""


def table_text(values: NDArray[np.float64]) -> str:
    """Writes numbers, (n, m), with all their digits and with the hyphen every program reads as a minus."""
    rows: list[list[float]] = values.tolist()
    return "\n".join("\t".join(repr(value).removesuffix(".0") for value in row) for row in rows)


def numbers_from_table(text: str) -> NDArray[np.float64]:
    """Reads numbers, (n, m): columns parted by tabs, semicolons or spaces, rows by lines.

    Brackets and commas of a NumPy or Python list are read as well, if the text has any. Where one number of the table
    has a comma that can only be a decimal one, and none has a point, all of them have: 1,234 is then less than 2.

    Raises:
        NumberTextError: If it is no table of numbers; the sentence names the place.
    """
    listed = "[" in text
    if listed:
        text = text.replace("],", "]\n").replace("[", " ").replace("]", " ").replace(",", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise NumberTextError("The clipboard holds no numbers.")
    rows: list[list[float]] = []
    table = [line.split("\t") if "\t" in line else line.split(";") if ";" in line else line.split() for line in lines]
    if "." not in text and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cells in table for cell in cells):
        table = [[cell.replace(",", ".", 1) for cell in cells] for cells in table]
    for number, cells in enumerate(table, 1):
        row = []
        for column, cell in enumerate(cells, 1):
            try:
                row.append(number_from_text(cell))
            except NumberTextError as error:
                place = f"Row {number}, column {column} of the clipboard: " if len(lines) > 1 or len(cells) > 1 else ""
                raise NumberTextError(place + str(error)) from None
        rows.append(row)
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise NumberTextError("The rows of the clipboard differ in length. A matrix needs as many numbers in each.")
    return np.array(rows, dtype=np.float64)
