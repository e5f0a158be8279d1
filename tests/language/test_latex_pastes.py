"""LaTeX as people paste it reads like the same formula in plain text."""

from __future__ import annotations

import pytest

from tutor.core.errors import TutorError
from tutor.core.layout import Shape
from tutor.language.reader import read_formula

SHAPES: dict[str, Shape] = {
    "x": (4, 4), "W1": (4, 4), "W2": (4, 4), "b1": (1, 4), "y": (4, 4), "ŷ": (4, 4), "a": (4, 4), "h": (4, 4),
    "θ": (4, 4), "δθ": (4, 4), "W_h": (4, 4), "A": (4, 4), "s": (1, 1), "log1": (4, 4), "v": (4, 1), "X": (3, 4),
}

PAIRS = [
    (r"((\hat{\mathbf{y}}-\mathbf{y}) \mathbf{W}_{2}^{T})\circ\sigma'(a)\mathbf{W}_{1}", "((ŷ − y) W2ᵀ) ∘ (σ'(a) W1)"),
    (r"\Big(({\hat y}-y)W_2^T\Big)\circ\Big((h-h\circ h)W_1^T\Big)", "((ŷ − y) W2ᵀ) ∘ ((h − h ∘ h) W1ᵀ)"),
    (r"$\left(\left(\left(\hat{y} - y\right) W_{2}^{\top}\right) \circ h \circ (1-h)\right) W_1^\top$",
     "(((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ"),
    (r"\[ \frac{\partial L}{\partial x} = (\hat y - y)W_2^TW_1^T \]", "(ŷ − y) W2ᵀ W1ᵀ"),
    (r"\boldsymbol{\delta}_{\theta}\,\mathbf{W}_2^{\mathsf{T}}", "δθ W2ᵀ"),
    (r"\delta_\theta W_2^{\mathrm T}", "δθ W2ᵀ"),
    (r"\mathbf W_{h} \odot \mathbf x", "W_h ∘ x"),
    (r"{W}_1 {\bf x}", "W1 x"),
    (r"xW_1 +\, b_1", "x W1 + b1"),
    (r"\hat yW_1x", "ŷ W1 x"),
    (r"x^TAx \cdot \theta", "xᵀ A x θ"),
    (r"\frac12 x", "1/2 x"),
    (r"\frac{1}{2}x", "1/2 x"),
    (r"\tfrac{x}{2}\circ\dfrac{y}{\hat{y}}", "(x / 2) ∘ (y / ŷ)"),
    (r"\frac{x + y}{1 + \exp(-a)}", "(x + y) / (1 + exp(−a))"),
    (r"-y\circ\log\hat{y}", "−y ∘ log(ŷ)"),
    (r"\log\left(\hat{y}\right)^T", "log(ŷ)ᵀ"),
    (r"\operatorname{softmax}(\theta)\;W_1", "softmax(θ) W1"),
    (r"\mathrm{softmax}\left[ \theta \right]", "softmax(θ)"),
    (r"\text{sum}\bigl( x \bigr) y", "sum(x) y"),
    (r"\sigma^{\prime}(a)", "σ'(a)"),
    (r"\tanh'(a)", "tanh'(a)"),
    (r"\ln(\hat{y})", "log(ŷ)"),
    (r"\sqrt{a}", "sqrt(a)"),
    (r"\sqrt{a}^2 \circ \sqrt{\frac{x}{y} + 1}", "sqrt(a)^2 ∘ sqrt(x / y + 1)"),
    (r"\sqrt\theta", "sqrt(θ)"),
    (r"\operatorname{softplus}'(a)", "softplus'(a)"),
    (r"\softmax(\theta)", "softmax(θ)"),
    (r"h^{\circ 2}", "h**2"),
    (r"h^{2}", "h h"),
    (r"h^{\frac12}", "h**(1/2)"),
    (r"x\!\cdot\!y~+\quad a", "x y + a"),
    (r"\begin{aligned} x & + y \end{aligned}", "x + y"),
    (r"\vec{x} + \bm{y} + \widehat{y}", "x + y + ŷ"),
    (r"A^{\top}A", "Aᵀ A"),
    (r"\left(x W_1\right)W_h\circ x", "((x W1) W_h) ∘ x"),
    (r"A^{-1} v", "inv(A) v"),
    (r"v^{\top} A^{-\top} v", "vᵀ inv(A)ᵀ v"),
    (r"A^{-T}", "inv(A)ᵀ"),
    (r"(A W_1)^{-1}", "inv(A W1)"),
    (r"A^{-2}", "inv(A) inv(A)"),
    (r"\det(A) A^{-1}", "det(A) inv(A)"),
    (r"\log\det A", "log(det(A))"),
    (r"\operatorname{tr}\left(A^\top W_1\right)", "trace(Aᵀ W1)"),
    (r"\mathrm{Tr}(A)", "trace(A)"),
    (r"X \otimes A", "kron(X, A)"),
    (r"A : W_1", "frobenius(A, W1)"),
    (r"\lVert v \rVert", "norm2(v)"),
    (r"\|A v - v\|_2^2", "norm2(A v − v)**2"),
    (r"\|A v - v\|^2_2", "norm2(A v − v)**2"),
    (r"\|X\|^{2}_{F} + \|v\|_1", "norm2(X)**2 + norm1(v)"),
    (r"\left\| v \right\|^2", "norm2(v)**2"),
    (r"\Vert v \Vert_{2}", "norm2(v)"),
    ("‖v‖", "norm2(v)"),
    (r"\frac{\lVert v \rVert_{1}}{\|v\|_{2}}", "norm1(v) / norm2(v)"),
    (r"\lVert X \rVert_F^2", "norm2(X)**2"),
    (r"\|X\|_{\mathrm{F}}", "norm2(X)"),
    (r"\left\lVert \frac{X}{2} \right\rVert_{F}", "norm2(X / 2)"),
    (r"\|X\|_1 + \|v\|_1", "norm1(X) + norm1(v)"),
    (r"\|(s + \|v\|) v\|", "norm2((s + norm2(v)) v)"),
    (r"\sin(A) \circ \cos A", "sin(A) ∘ cos(A)"),
    (r"\varphi" + " + " + r"\theta", None),
]


@pytest.mark.parametrize(("pasted", "plain"), PAIRS)
def test_pasted_formula_reads_like_the_plain_one(pasted: str, plain: str | None) -> None:
    if plain is None:
        with pytest.raises(TutorError, match="varphi` is not in the program"):
            read_formula(pasted, SHAPES)
    else:
        assert read_formula(pasted, SHAPES) == read_formula(plain, SHAPES)


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        (r"\foo x", r"line 1, column 1: `\foo` is not in the language."),
        (r"\mathbf{1}^T x", "line 1, column 1: A matrix of ones is written ones(n, m)."),
        (r"\sum_i x", r"line 1, column 1: `\sum` is not in the language. Write sum(…) with brackets around all that is "
                      "added."),
        (r"x + \sqrt[3]{a}", r"line 1, column 5: Write \sqrt{…} around all that is under the root, and another root as "
                             "a power, as in a^{1/3}."),
        (r"\sqrt x^2", r"line 1, column 1: Write \sqrt{…} around all that is under the root, and another root as a "
                       "power, as in a^{1/3}."),
        (r"\operatorname{tr} A x", r"line 1, column 1: Write brackets around what `\operatorname{tr}` applies to."),
        (r"\lVert A \rVert", r"line 1, column 1: `A` is 4×4, and a matrix has several norms. Write norm2(…) for the "
                            r"Frobenius norm, or \lVert … \rVert_F."),
        (r"\|X\|_2^2", r"line 1, column 1: `X` is 3×4, and a matrix has several norms. Write norm2(…) for the "
                       r"Frobenius norm, or \lVert … \rVert_F."),
        (r"\lVert v", "line 1, column 1: This `‖` is not closed."),
        (r"v \rVert", "line 1, column 3: This `‖` closes nothing."),
        (r"(\lVert v) \rVert", "line 1, column 10: This `)` cannot close the `‖` before it."),
        (r"\lvert v \rvert", r"line 1, column 1: `\lvert` is not in the language. Bars can be read in several ways. "
                            "Write abs(…), norm2(…), det(…) or, for log |A|, logdet(A)."),
        (r"X^{-T} A", "line 1, column 7: `X^{-T}` is 4×3 and `A` is 4×4; a product needs 3 rows on the right."),
        (r"\hat{xy}", r"line 1, column 1: `\hat` stands above one letter."),
        (r"x_{+}", "line 1, column 3: An index is made of letters and digits, as in W_{12} or b_{out}."),
        (r"\left( x", "line 1, column 6: This `(` is not closed."),
        (r"\frac{x}", "line 1, column 8: The formula cannot end after `}`."),
        (r"\hat{y} W_1 b_1", "line 1, column 12: `ŷ W1` is 4×4 and `b1` is 1×4; a product needs 4 rows on the right."),
        (r"x W_1 b_1", "line 1, column 6: `x W_1` is 4×4 and `b_1` is 1×4; a product needs 4 rows on the right."),
    ],
)
def test_what_is_wrong_and_where(pasted: str, message: str) -> None:
    with pytest.raises(TutorError) as caught:
        read_formula(pasted, SHAPES)
    assert str(caught.value) == message


def test_only_latex_splits_a_run_of_letters() -> None:
    with pytest.raises(TutorError, match=r"`xW_1` is not in the program\. Did you mean x W_1\?"):
        read_formula("xW_1", SHAPES)


@pytest.mark.parametrize(
    "spelling",
    [r"\hat{y}", r"\hat y", r"{\hat y}", r"\hat{\mathbf y}", r"\hat{\mathbf{y}}", r"\mathbf{\hat{y}}", r"\widehat{y}",
     r"\hat{\boldsymbol{y}}", "ŷ", "y\u0302", "yhat", r"\hat{ y }"],
)
def test_spellings_of_y_hat(spelling: str) -> None:
    assert read_formula(spelling, SHAPES) == read_formula("ŷ", SHAPES)


@pytest.mark.parametrize("spelling", ["W1", "W_1", "W₁", "W_{1}", r"\mathbf{W}_1", r"\mathbf{W}_{1}", r"\mathbf{W_1}",
                                      r"\bm W_1", "{W}_1", r"\mathbf{W}₁"])
def test_spellings_of_w1(spelling: str) -> None:
    assert read_formula(spelling, SHAPES) == read_formula("W1", SHAPES)


@pytest.mark.parametrize("spelling", ["δθ", "δ_θ", "delta_theta", r"\delta_\theta", r"\delta_{\theta}",
                                      r"\boldsymbol\delta_{\boldsymbol\theta}"])
def test_spellings_of_a_cotangent(spelling: str) -> None:
    assert read_formula(spelling, SHAPES) == read_formula("δθ", SHAPES)
