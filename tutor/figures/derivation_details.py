"""What a step of a derivation opens into: the rule, why, the identities inside, SymPy's answer, what was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.derive.names import cotangent_name
from tutor.derive.proof import Proof
from tutor.derive.rows import NOT_CERTIFIED, Row, formula_text, formula_typst
from tutor.derive.step import Certificate, Derivation, Link, Step
from tutor.derive.words import Sentence, blocks
from tutor.derive.working import reasons, working
from tutor.figures.cells import error_text
from tutor.figures.derivation_parts import LinkNames, Piece, factor_key, finder, pieces
from tutor.figures.derivation_words import (
    Equation,
    Maths,
    beside,
    delta,
    equals,
    promise_specs,
    slope,
    slope_in_line,
    sources,
    spoken,
    with_narrow_hyphens,
)
from tutor.language import printing
from tutor.language.names import name_typst
from tutor.ops import activations, build
from tutor.typeset import source

Proofs = Mapping[LinkNames, Proof]
"""SymPy's answer for each link."""

WAITING: Final = "SymPy is looking …"
_MOST_LINKS: Final = 3


@dataclass(frozen=True, slots=True)
class Equality:
    """One line of a chain of equalities, set with its sign under that of the line above.

    Attributes:
        left: What it speaks of; empty where it goes on with the line above.
        right: What that is.
        reason: The rule or identity it comes by, in Typst markup.
        words: The line as plain text.
    """

    left: str
    right: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of an opened step.

    Attributes:
        caption: What it is; empty where it goes on with the row above.
        maths: Pieces of an equation; a line may be broken before each.
        lines: A chain of equalities.
        text: A paragraph in Typst markup, under the equation if there is one.
        words: The whole as plain text.
        quiet: Said in the caption's voice: it is only on its way.
        wrong: Said in the colour of what is wrong.
    """

    caption: str
    maths: tuple[str, ...] = ()
    text: str = ""
    words: str = ""
    quiet: bool = False
    wrong: bool = False
    lines: tuple[Equality, ...] = ()


@dataclass(frozen=True)
class Details:
    """The rows of one step.

    Attributes:
        derivation: Which it is a step of.
        step: The step.
        links: The links it is shown to cross.
        dims: The sizes.
        proofs: SymPy's answers; None while they are on their way.
        joined: Whether the steps that it writes out are shown inside it.
    """

    derivation: Derivation
    step: Step
    links: tuple[Link, ...]
    dims: Mapping[str, int]
    proofs: Proofs | None
    joined: bool

    def rows(self) -> tuple[Detail, ...]:
        """All rows in order."""
        step = self.step
        found = [
            self._rule(),
            self.because(),
            self._inside(),
            self.sympy(),
            self.checked(step.certificate),
            *(Detail("promise", text=p.text, words=p.words) for p in promise_specs(step.promises)),
        ]
        return tuple(row for row in found if row.maths or row.text or row.lines)

    # --- the rule --------------------------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        assert self.step.of is not None
        return self.step.of

    @property
    def _follow(self) -> bool:
        """Whether the links are one way, each starting where the one before it ends."""
        return all(a.source == b.output for a, b in zip(self.links, self.links[1:], strict=False))

    @property
    def _is_first(self) -> bool:
        """Whether it is one link from the output: nothing arrives that could be multiplied."""
        return len(self.links) == 1 and self.links[0].output == self.derivation.top

    def _side(self, axis: int) -> bool:
        """Whether everything that is multiplied is a row (0) or a column (1)."""
        names = [self._name, *(link.output for link in self.links)]
        return all(self.derivation.program.shapes[name][axis] == 1 for name in names)

    def _rule(self) -> Detail:
        after = equals(self._marked(self.step.after))
        equation = (self._left, *map(equals, self._by_jacobian()), after)
        if len(equation) == 2 and not self._follow:
            return Detail("")  # the sum of the paths is what the row says already
        if len(equation) == 2 or self._is_first:
            equation = self._by_statement(equation)
        folding = self._folding()
        return Detail("rule", sources(equation), folding.typst, f"{spoken(equation)} {folding.text}".strip())

    def _folding(self) -> Maths:
        """How a row times a Jacobian of blocks becomes a product of matrices; nothing where it is no such Jacobian."""
        link = self.links[-1]
        is_matrix = 1 not in self.derivation.program.shapes[link.source]
        if len(self.links) > 1 or not is_matrix or link.form is None or blocks(link.form) is None or self._is_first:
            return Maths("", "")
        arriving, by = delta(link.output), slope_in_line(link.output, link.source)
        after = self._marked(self.step.after)
        return Maths(f"${arriving.typst}$, its entries row by row, times ${by.typst} = {printing.typst(link.form)}$ "
                     f"gives the entries of ${after.typst}$, row by row.",
                     f"{arriving.text}, its entries row by row, times {by.text} = {printing.text(link.form)} "
                     f"gives the entries of {after.text}, row by row.")

    @property
    def _left(self) -> Maths:
        """What the step is about: δ of the name, or the gradient itself in the last step."""
        is_result = self._name == self.derivation.wrt and not self.derivation.ends_in_matrix
        return slope_in_line(self.derivation.top, self._name) if is_result else delta(self._name)

    def _by_jacobian(self) -> Iterator[Maths]:
        """What arrives times the Jacobians, and their matrices: for rows; for columns the Jacobian stands turned."""
        output, links = self.derivation.top, self.links
        slopes = [slope(link.output, link.source) for link in links]
        arriving = [] if links[0].output == output else [delta(links[0].output)]
        if not self._follow:
            if self._side(0):
                parts = [beside([delta(link.output), s] if link.output != output else [s])
                         for link, s in zip(links, slopes, strict=True)]
                yield beside(parts, "+", "+")
            elif self.step.before != self.step.after:
                yield self._marked(self.step.before)
        elif self._is_first:
            if self._name != self.derivation.wrt:
                yield slope_in_line(output, self._name)
        elif self._side(0):
            yield beside([*arriving, *slopes])
            product = self._product_of_forms()
            if product is not None and product != self.step.after:
                forms = [Piece(ln.form, factor_key(ln.output, ln.source)) for ln in links if ln.form is not None]
                yield Maths(printing.typst(product, part_of=finder(product, forms)), printing.text(product))
        elif self._side(1) and len(links) == 1:
            yield beside([Maths(f"({slopes[0].typst})^top", f"({slopes[0].text})ᵀ"), *arriving])
        elif self.step.before != self.step.after:
            yield self._marked(self.step.before)

    def _by_statement(self, equation: Equation) -> Equation:
        """Where there is no Jacobian to multiply by, or too large a one: the statement, and what follows from it."""
        link = self.links[-1]
        statement = self.derivation.program.definitions[link.output]
        given = Maths(f"{name_typst(link.output)} = {printing.typst(statement)}",
                      f"{link.output} = {printing.text(statement)}")
        left = Maths(f"arrow.r.double.long {equation[0].typst}", f"⟹ {equation[0].text}")
        return (given, left, *equation[1:])

    def _product_of_forms(self) -> Expression | None:
        """What arrives times the matrix forms, as one formula; None where a link has no form."""
        first = self.links[0].output
        program = self.derivation.program
        product: Expression | None = None
        if first != self.derivation.top:
            product = Variable(cotangent_name(first), program.shapes[first])
        for link in self.links:
            if link.form is None:
                return None
            product = link.form if product is None else build.product(product, link.form)
        return product

    def _marked(self, expression: Expression) -> Maths:
        return marked(self.derivation, self.step, expression)

    # --- why, and line by line -------------------------------------------------------------------------------------

    def because(self) -> Detail:
        """Why: a sentence for each rule, by its name where there are several."""
        return because(reasons(self.derivation, self.step, self.joined), self.gate())

    def gate(self) -> Maths:
        """What [a > 0] means, where a step has it."""
        gate = next((e for e in nodes(self.step.after)
                     if isinstance(e, Apply) and isinstance(e.operation, activations.Step)), None)
        if gate is None:
            return Maths("", "")
        inside = gate.operands[0]
        return Maths(f"${printing.typst(gate)}$ is 1 where ${printing.typst(inside)}$ is positive and 0 elsewhere: "
                     "a gate, open or shut.",
                     f"{printing.text(gate)} is 1 where {printing.text(inside)} is positive and 0 elsewhere: "
                     "a gate, open or shut.")

    def _inside(self) -> Detail:
        """From the rule to the result, line by line."""
        rows = working(self.derivation, self.step, self.joined)
        return in_detail(rows, lambda formula: self._marked(formula).typst)

    # --- SymPy and numbers -----------------------------------------------------------------------------------------

    def _answers(self) -> list[tuple[Link, Proof]]:
        known = self.proofs or {}
        return [(ln, known[ln.output, ln.source]) for ln in self.links if (ln.output, ln.source) in known]

    def sympy(self) -> Detail:
        """What SymPy says of its links' entries."""
        if self.proofs is None:
            return Detail("SymPy", text=source.escape(WAITING), words=WAITING, quiet=True)
        answers = self._answers()[:_MOST_LINKS]
        maths = tuple(line for _, proof in answers for line in proof.equations)
        named = " and ".join(slope(link.output, link.source).text for link, _ in answers)
        # Where nothing was compared it says why not; once, if that is the same of every link.
        idle = [(slope(link.output, link.source).text, proof.sentence) for link, proof in answers if not proof.entries]
        same = len(idle) == len(answers) and len({sentence for _, sentence in idle}) == 1
        why = idle[0][1] if same else " ".join(f"{name}: {sentence}" for name, sentence in idle)
        words = f"SymPy's derivative of the entries of {named}" if maths else ""
        return Detail("SymPy", maths, source.escape(why), f"{words} {why}".strip(), quiet=not maths)

    def checked(self, certificate: Certificate) -> Detail:
        """What was compared, and how well the formula that is shown agrees."""
        sentences: list[str] = []
        failed = [(link, proof) for link, proof in self._answers() if proof.entries and not proof.exact]
        exact = [proof for _, proof in self._answers() if proof.exact]
        if exact and len(exact) == len(self.links):
            # A long statement is proved at smaller sizes than a short one beside it.
            sizes = dict.fromkeys(self._sizes(proof.sizes) for proof in exact if proof.sizes)
            where = "" if list(sizes) in ([], [self._sizes(self.dims)]) else f", at sizes {' and '.join(sizes)}"
            sentences.append(f"Exact in all {sum(proof.entries for proof in exact)} entries{where}.")
        sentences.extend(f"{slope(ln.output, ln.source).text}: {proof.sentence}" for ln, proof in failed)
        draw = f"a fresh draw of sizes {self._sizes(certificate.sizes)}" if certificate.sizes else "a fresh draw"
        if certificate.residual < float("inf"):
            sentences.append(f"Residual {error_text(certificate.residual, 1)} at {draw}.")
        else:
            sentences.append(f"The two sides could not be compared at {draw}.")
        inside = all(inner.certified for inner in self.step.substeps)
        if not inside:
            sentences.append("A rule or identity inside could not be certified.")
        wrong = any(proof.exact is False for _, proof in failed)
        text = " ".join(sentences)
        markup = with_narrow_hyphens(source.escape(text))
        return Detail("checked", text=markup, words=text, wrong=wrong or not (certificate.holds and inside))

    def _sizes(self, sizes: Mapping[str, int]) -> str:
        """The sizes as people say them, in the order of the program."""
        return "-".join(str(sizes[name]) for name in self.derivation.program.dimensions if name in sizes)


def marked(derivation: Derivation, step: Step, expression: Expression) -> Maths:
    """A formula of a step, with what its links bring into it as parts that can be pointed at."""
    links = [derivation.link(*names) for names in step.through]
    parts = finder(expression, pieces(derivation, links))
    return Maths(printing.typst(expression, part_of=parts), printing.text(expression))


def because(reasons: Sequence[tuple[str, Sentence]], *more: Maths) -> Detail:
    """Why, with what more there is to say."""
    typst, text = [], []
    for title, why in reasons:
        said = title[:1].upper() + title[1:]
        typst.append(f"*{source.escape(said)}.* {why.typst}" if title else why.typst)
        text.append(f"{said}. {why.text}" if title else why.text)
    return Detail("because", text=" ".join(filter(None, (*typst, *(m.typst for m in more)))),
                  words=" ".join(filter(None, (*text, *(m.text for m in more)))))


def in_detail(rows: Sequence[Row], marked: Callable[[Expression], str]) -> Detail:
    """The lines under a step; ``marked`` writes a formula with its parts."""
    lines = tuple(equality(row, marked) for row in rows)
    return Detail("in detail", lines=lines, words="; ".join(line.words for line in lines))


def equality(row: Row, marked: Callable[[Expression], str], more: Sequence[Sentence] = ()) -> Equality:
    """A line; one that goes on repeats nothing to the left of its sign."""
    right = " = ".join(formula_typst(f) if isinstance(f, tuple) else marked(f) for f in row.formulas)
    text = " = ".join(map(formula_text, row.formulas))
    said = (*row.reasons, *more, *([] if row.certified else [Sentence(NOT_CERTIFIED)]))
    left = f"{row.left.words} " if row.left else ""
    reason = ", ".join(each.text for each in said)
    # A differential at once behind a sign would take the space away that belongs to that.
    right = f'"" {right}' if right.startswith("dif") else right
    return Equality(row.left.typst if row.left else "", right, ", ".join(each.typst for each in said),
                    f"{left}= {text}{f' ({reason})' if reason else ''}")
