"""What is said when a source cannot be typeset."""


class TypesetError(Exception):
    """A source which is not Typst, with a sentence that can be shown.

    It is returned as a value where many sources are typeset at once, and raised where there is one.

    Attributes:
        message: What is wrong, in Typst's words.
        line: Line of the source, counted from 1; None where the place is not known.
        column: Column of the source, counted from 1; None where the place is not known.
        source: The source itself.
    """

    def __init__(self, message: str, source: str, line: int | None = None, column: int | None = None) -> None:
        """Keeps the parts of the sentence; see the attributes."""
        super().__init__(message, source, line, column)
        self.message = message
        self.source = source
        self.line = line
        self.column = column

    @property
    def sentence(self) -> str:
        """The place and what is wrong there, as one sentence."""
        text = self.message.rstrip(".")
        if self.line is None or self.column is None:
            return f"{text[:1].upper()}{text[1:]}."
        return f"Line {self.line}, column {self.column}: {text}."

    def __str__(self) -> str:
        """The same as `sentence`."""
        return self.sentence
