from __future__ import annotations

import pytest

from tests.programs import deep, network, skips
from tutor.core.program import Program
from tutor.derive import derive
from tutor.figures.derivation import DerivationSpec, derivation_spec
from tutor.figures.page import PAGE_PANELS, page
from tutor.figures.palette import DARK, LIGHT
from tutor.typeset import Typesetter

SIZES = {"n": 5, "m": 3, "k": 5, "N": 4}


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def spec_of(program: Program, wrt: str = "x", joined: bool = False) -> DerivationSpec:
    return derivation_spec(derive(program, wrt), None, {name: SIZES[name] for name in program.dimensions}, joined)


@pytest.fixture(scope="module")
def question() -> DerivationSpec:
    return spec_of(network("onehot"))


@pytest.mark.parametrize("panel", PAGE_PANELS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_panel_has_a_page_in_every_theme(
    typesetter: Typesetter, question: DerivationSpec, panel: str, theme: str
) -> None:
    svg = typesetter.document(page(question, panel, theme), "svg").decode()
    ground = DARK.sheet if theme == "dark" else LIGHT.sheet
    assert ground.lower() in svg.lower()
    assert 'width="453.5' in svg  # 160 mm in points


def test_what_is_abbreviated_is_told_on_the_page(typesetter: Typesetter) -> None:
    spec = spec_of(skips(10))
    assert [meaning.text.split(" = ")[0] for meaning in spec.meanings] == [f"δh{i}" for i in range(10, 0, -1)]
    source = page(spec, "chain")
    assert all(meaning.typst in source for meaning in spec.meanings)
    assert typesetter.document(source, "pdf").startswith(b"%PDF")


def test_pdf_and_png(typesetter: Typesetter, question: DerivationSpec) -> None:
    source = page(question, "chain")
    assert typesetter.document(source, "pdf").startswith(b"%PDF")
    assert typesetter.document(source, "png", ppi=72).startswith(b"\x89PNG")


def test_the_same_page_is_the_same_bytes(typesetter: Typesetter, question: DerivationSpec) -> None:
    source = page(question, "derivation")
    assert source == page(spec_of(network("onehot")), "derivation")
    assert typesetter.document(source, "svg") == Typesetter().document(source, "svg")


def height(svg: bytes) -> float:
    return float(svg.decode().split('viewBox="0 0 ')[1].split('"')[0].split()[1])


def test_the_derivation_holds_the_chain_and_more(typesetter: Typesetter, question: DerivationSpec) -> None:
    chain, whole = (height(typesetter.document(page(question, panel), "svg")) for panel in PAGE_PANELS)
    assert whole > 2 * chain


def test_a_narrow_page_breaks_the_chain(typesetter: Typesetter, question: DerivationSpec) -> None:
    wide, narrow = (height(typesetter.document(page(question, "chain", width_mm=w), "svg")) for w in (170.0, 90.0))
    assert narrow > 1.5 * wide


@pytest.mark.parametrize("program", [network(rows="N"), deep(6)])
def test_other_programs_fit_too(typesetter: Typesetter, program: Program) -> None:
    for panel in PAGE_PANELS:
        assert typesetter.document(page(spec_of(program), panel, width_mm=80.0), "svg")


@pytest.mark.parametrize(("panel", "theme", "width"), [("window", "light", 100.0), ("chain", "pink", 100.0),
                                                       ("chain", "light", 0.0)])
def test_what_does_not_exist_is_refused(question: DerivationSpec, panel: str, theme: str, width: float) -> None:
    with pytest.raises(ValueError, match="A page"):
        page(question, panel, theme, width)
