"""What the Derivation panel says: the chain as a grid, the gradient in one line, and the steps.

Everything is Typst mathematics and plain text; nothing of it depends on weights, so that editing a number changes
nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tutor.core.expression import Apply, Expression, variables
from tutor.derive.conventions import Convention, Standing, standing
from tutor.derive.names import cotangent
from tutor.derive.step import Derivation
from tutor.derive.views import Factor, can_join, factors, jacobian_shape, path_count
from tutor.derive.words import ROW_BY_ROW, blocks
from tutor.figures.derivation_details import Detail, Equality, Proofs
from tutor.figures.derivation_parts import LinkNames, Piece, covered, factor_key, finder, joined_factors, pieces
from tutor.figures.derivation_steps import StepSpec, step_spec
from tutor.figures.derivation_words import EMPTY, Maths, PromiseSpec, more_paths, promise_specs, slope, standing_so
from tutor.language import printing
from tutor.ops.linear import Add, Subtract

__all__ = ["ChainSpec", "DerivationSpec", "Detail", "FactorSpec", "PromiseSpec", "Proofs", "StepSpec",
           "derivation_spec"]

_LONGEST_TITLE: Final = 36
"""Signs of a step's title that the control for joining may say."""

MOST_CHAINS: Final = 3
"""Paths that are written out; a deep network has more than anybody reads."""


@dataclass(frozen=True, slots=True)
class FactorSpec:
    """One column of the grid.

    Attributes:
        key: The id of its parts, ``θ→h``.
        links: The links it is made of.
        slope: The Jacobian's name.
        form: What it is as a matrix, or, where no short matrix says it, what it does to a cotangent.
        shape: Its rows and columns.
        words: The column as plain text.
    """

    key: str
    links: tuple[LinkNames, ...]
    slope: str
    form: str
    shape: str
    words: str


@dataclass(frozen=True, slots=True)
class ChainSpec:
    """One path as a product of Jacobians.

    Attributes:
        sign: What stands before it: the sign of equality, or plus from the second path on.
        result: What it gives; empty from the second path on.
        shape: The shape of that.
        factors: The columns.
        words: The whole as plain text.
    """

    sign: str
    result: str
    shape: str
    factors: tuple[FactorSpec, ...]
    words: str


USUAL: Final = Convention()
"""The convention of the program itself."""


@dataclass(frozen=True)
class DerivationSpec:
    """Everything the panel says.

    Attributes:
        output: What is differentiated.
        wrt: By what.
        chains: The first paths.
        more: A sentence on the paths that are not shown; empty where all are.
        blocks: What ⊗ means where it stands in the chain, and that a gradient by a symmetric matrix is the
            unconstrained one, in Typst markup; empty where there is nothing to say.
        blocks_words: The same as plain text.
        gradient: The result with nothing abbreviated, its factors as parts; of an output that is a matrix the Jacobian,
            or, where no short matrix says it, what becomes of a cotangent.
        gradient_words: The same as plain text.
        meanings: What the cotangents are that stand by name in it, because it would be too long else: each by those
            before it, in the order they are computed.
        steps: From the output backwards.
        joins: The parts that stand for several links at once, each with these links.
        joined: Whether those are shown as one.
        join: What the control that takes them together says; empty where there is nothing to take together.
        promises: The declared facts the result rests on.
        left: What stands before the result where no chain above it says it.
        apart: What stands before it where the chain gives it transposed, or row by row; empty where it is what that is.
        lines: What stands in place of the chain: formulas that are equal one after the other.
        notes: What a reader has to know of a convention that is not the usual one.
    """

    output: str
    wrt: str
    chains: tuple[ChainSpec, ...]
    more: str
    blocks: str
    blocks_words: str
    gradient: str
    gradient_words: str
    meanings: tuple[Maths, ...]
    steps: tuple[StepSpec, ...]
    joins: Mapping[str, tuple[LinkNames, ...]]
    joined: bool
    join: str
    promises: tuple[PromiseSpec, ...]
    left: Maths = EMPTY
    apart: Maths = EMPTY
    lines: tuple[Equality, ...] = ()
    notes: tuple[Maths, ...] = ()

    @property
    def equation(self) -> str:
        """The result in one line: under a chain from the sign of equality on, else with what it is the result for."""
        return f"{(self.apart if self.chains else self.left).typst} = {self.gradient}".strip()

    @property
    def first_open(self) -> str | None:
        """The key of the step to show first: the last elementwise one, which says where ∘ comes from."""
        return next((step.key for step in reversed(self.steps) if step.elementwise), None)

    @property
    def part_words(self) -> Mapping[str, str]:
        """What a screen reader says for a part."""
        return {factor.key: factor.words for chain in self.chains for factor in chain.factors}

    @property
    def undrawn(self) -> frozenset[str]:
        """The parts without a heatmap of their own: links that are one in a formula and shown apart."""
        return frozenset() if self.joined else frozenset(self.joins)

    def links_of(self, link: LinkNames) -> frozenset[LinkNames]:
        """The links behind a link that may be several joined into one."""
        return frozenset(self.joins.get(Factor(*link, None).key, (link,)))

    def lit(self, link: LinkNames) -> frozenset[str]:
        """The ids of the parts that belong to a link."""
        wanted = self.links_of(link)
        columns = {f.key for chain in self.chains for f in chain.factors if wanted.intersection(f.links)}
        joins = {key for key, links in self.joins.items() if wanted.intersection(links)}
        return frozenset(columns | joins | {Factor(*names, None).key for names in wanted})

    def warnings(self, broken: Collection[LinkNames]) -> tuple[PromiseSpec, ...]:
        """The promises the result rests on that are among the broken (name, fact)."""
        return tuple(p for p in self.promises if (p.name, p.fact) in broken)

    def remarks(self, broken: Collection[LinkNames]) -> tuple[Maths, ...]:
        """What is to be known of the convention, and the promises that are used and kept."""
        kept = (p for p in self.promises if (p.name, p.fact) not in broken)
        return (*self.notes, *(Maths(p.text, p.words) for p in kept))


def derivation_spec(
    derivation: Derivation, proofs: Proofs | None, dims: Mapping[str, int], joined: bool = False
) -> DerivationSpec:
    """What a derivation says.

    Args:
        derivation: The chain rule in symbols.
        proofs: SymPy's answers by link; None while they are on their way.
        dims: A number for each named size.
        joined: Whether links that the derivation writes as one are shown as one.
    """
    joins = joined_factors(derivation)
    joined = joined and bool(joins)
    steps = derivation.shown_steps() if joined else derivation.steps
    shown = derivation.paths[:MOST_CHAINS]
    result = derivation.jacobian if derivation.ends_in_matrix else derivation.gradient
    of = slope(derivation.program.output.name, derivation.wrt)
    return DerivationSpec(
        derivation.program.output.name,
        derivation.wrt,
        tuple(_chain(derivation, path, dims, joined, first=not i) for i, path in enumerate(shown)),
        more_paths(path_count(derivation) - len(shown)),
        *explained(derivation, (f.form for path in shown for f in factors(derivation, path, joined))),
        *_result(derivation, result),
        _meanings(derivation, derivation.gradient if result is None else result),
        tuple(step_spec(derivation, step, dims, proofs, joined) for step in steps),
        {factor.key: covered(factor) for factor in joins},
        joined,
        _join(derivation, joins) if can_join(derivation) else "",
        promise_specs(derivation.promises),
        apart=EMPTY if stands_in(derivation, derivation.wrt) == "as it is" else of,
    )


def stands_in(derivation: Derivation, name: str, convention: Convention = USUAL) -> Standing:
    """How the gradient by a name stands in the product; a Jacobian stands there as it is."""
    return "as it is" if derivation.ends_in_matrix else standing(derivation.program, name, convention)


def _chain(
    derivation: Derivation, path: tuple[str, ...], dims: Mapping[str, int], joined: bool, first: bool
) -> ChainSpec:
    along = factors(derivation, path, joined)
    columns = tuple(_factor(derivation, factor, dims, alone=len(along) == 1) for factor in along)
    whole = standing_so(slope(path[0], path[-1]), stands_in(derivation, path[-1]), turned=False)
    rows, columns_ = jacobian_shape(derivation, Factor(path[0], path[-1], None), dims)
    product = " times ".join(column.words for column in columns)
    return ChainSpec(
        "=" if first else "+",
        whole.typst if first else "",
        f"{rows}×{columns_}" if first else "",
        columns,
        f"{whole.text} = {product}" if first else f"plus {product}",
    )


def _factor(derivation: Derivation, factor: Factor, dims: Mapping[str, int], alone: bool) -> FactorSpec:
    name = slope(factor.output, factor.source)
    shape = "×".join(map(str, jacobian_shape(derivation, factor, dims)))
    stands = stands_in(derivation, factor.source) if factor.output == derivation.top else "as it is"
    name = standing_so(name, stands, turned=False)
    if factor.form is not None:
        said = Maths(printing.typst(factor.form), printing.text(factor.form))
        if stands == "vec":
            said = standing_so(said, stands, turned=False)
        form = said.typst if stands == "vec" else as_factor(factor.form, said.typst, alone)
        words = f"{said.text}, {shape}"
    else:
        form, words = _action(derivation, factor)
        words = f"{words}, {shape}"
    return FactorSpec(factor.key, covered(factor), name.typst, form, shape, f"{name.text}, {words}")


def as_factor(form: Expression | None, written: str, alone: bool) -> str:
    """A matrix as it stands in a product, in Typst: a sum in brackets."""
    is_sum = isinstance(form, Apply) and isinstance(form.operation, Add | Subtract)
    return f"({written})" if is_sum and not alone else written


def _action(derivation: Derivation, factor: Factor) -> tuple[str, str]:
    """What a link without a short matrix does to the cotangent that arrives."""
    adjoint = derivation.link(factor.output, factor.source).adjoint
    arriving = cotangent(factor.output, derivation.program.shapes[factor.output])
    return (f"{printing.typst(arriving)} |-> {printing.typst(adjoint)}",
            f"{printing.text(arriving)} ↦ {printing.text(adjoint)}")


def _result(derivation: Derivation, result: Expression | None) -> tuple[str, str]:
    """The result in one line, as markup and as plain text."""
    if result is None:
        output = derivation.program.output
        arriving = cotangent(output.name, output.shape)
        return (f"({printing.typst(arriving)} |-> {printing.typst(derivation.gradient)})",
                f"({printing.text(arriving)} ↦ {printing.text(derivation.gradient)})")
    found = pieces(derivation)
    if derivation.ends_in_matrix:
        forms = (Piece(ln.form, factor_key(ln.output, ln.source)) for ln in derivation.links if ln.form is not None)
        found = tuple(dict.fromkeys((*forms, *found)))
    return printing.typst(result, part_of=finder(result, found)), printing.text(result)


def _meanings(derivation: Derivation, result: Expression) -> tuple[Maths, ...]:
    """What the cotangents are that stand by name in a result, or in the meaning of one that does."""
    named, meanings = set(variables(result)), []
    for found in reversed(derivation.cotangents):
        if found.symbol in named:
            named.update(variables(found.expression))
            meanings.append(Maths(f"{printing.typst(found.symbol)} = {printing.typst(found.expression)}",
                                  f"{printing.text(found.symbol)} = {printing.text(found.expression)}"))
    return tuple(reversed(meanings))


def explained(derivation: Derivation, forms: Iterable[Expression | None]) -> tuple[str, str]:
    """What stands under the chain of some Jacobians, as markup and as plain text."""
    blocks, blocks_words = _blocks(form for form in forms if form is not None)
    said = derivation.unconstrained("Jacobian" if derivation.ends_in_matrix else "gradient")
    if said is None:
        return blocks, blocks_words
    return f"{blocks} {said.typst}".strip(), f"{blocks_words} {said.text}".strip()


def _blocks(chain: Iterable[Expression]) -> tuple[str, str]:
    """What ⊗ means, by the shortest form that has it."""
    forms = [form for form in chain if blocks(form) is not None]
    form = min(forms, key=lambda form: len(printing.text(form)), default=None)
    said = None if form is None else blocks(form)
    if form is None or said is None:
        return "", ""
    return (f"Blocks of ${printing.typst(form)}$: {said.typst}; {ROW_BY_ROW}.",
            f"Blocks of {printing.text(form)}: {said.text}; {ROW_BY_ROW}.")


def _join(derivation: Derivation, joins: tuple[Factor, ...]) -> str:
    """What the control says that takes links together."""
    titles = list(dict.fromkeys(derivation.step(factor.source).title for factor in joins))
    if len(titles) == 1 and len(titles[0]) <= _LONGEST_TITLE:
        return f"join {titles[0]}"
    return "join links"
