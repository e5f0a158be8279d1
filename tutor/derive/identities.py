"""The identities a derivation may use, by name, with the sentence a reader gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Identity:
    """A named equality of matrix formulas.

    Attributes:
        key: What the algebra's log calls it.
        title: What a reader calls it.
        because: Why it holds; ``{about}`` stands for the name whose fact it uses.
        example: A program whose gradient, by its first variable, is made short with it.
    """

    key: str
    title: str
    because: str
    example: str


IDENTITIES: Final[Mapping[str, Identity]] = MappingProxyType({
    identity.key: identity
    for identity in (
        Identity("cancel", "cancelling",
                 "Multiplying and dividing by the same entries gives back what was there.",
                 "x : (1, n)\nL = norm2(x)**2"),
        Identity("distribution", "entries that sum to 1",
                 "{about} is a distribution, so its entries sum to 1; those of a batch do so row by row.",
                 "z : (1, n)\ny : (1, n) distribution\nL = xent(y, softmax(z))"),
        Identity("shares", "shares sum to 1",
                 "The entries of a softmax are shares, so they sum to 1; those of a batch do so row by row.",
                 "z : (1, n)\nt : (1, n)\nL = xent(softmax(t), softmax(z))"),
        Identity("distribute", "multiplying out",
                 "A product with a sum is the sum of the products.",
                 "t : (1, n)\ny : (1, n)\np = sigmoid(t)\nL = −sum(y ∘ log(p) + (1 − y) ∘ log(1 − p))"),
        Identity("collect", "common factor",
                 "The terms share a factor, so it can be written once.",
                 "X : (m, n)\nB : (m, m)\nL = trace(X Xᵀ B)"),
        Identity("diagonal", "diagonal matrix",
                 "A product with a diagonal matrix multiplies entry by entry, so it is written ∘.",
                 "x : (n, 1)\nd : (n, 1)\nL = xᵀ diag(d) x"),
        Identity("gate", "open gate",
                 "Where relu(a) is not 0 the gate [a > 0] is 1, and a gate times itself is the gate.",
                 "x : (1, n)\nL = sum(relu(x)**2) / 2"),
        Identity("root", "root squared",
                 "A square root times itself is what stands under it, so a / √a is √a.",
                 "v : scalar positive\na : scalar\nz = a / sqrt(v)\nL = z**2"),
        Identity("absolute value", "absolute value",
                 "The absolute value of an entry times its sign is the entry, and its square is the entry's square.",
                 "x : (1, n)\nL = sum(abs(x)**3)"),
        Identity("blocks", "block by block",
                 "Both are made of blocks of the same shape, so they are multiplied block by block.",
                 "X : (m, m)\nA : (n, n)\nL = trace(kron(A, X))"),
        Identity("inverse", "matrix beside its inverse",
                 "A matrix times its inverse is the identity, which changes nothing.",
                 "X : (n, n)\nL = det(inv(X))"),
        Identity("inverse of a product", "inverse of a product",
                 "The inverse of a product of square matrices is the product of their inverses in the opposite order.",
                 "X : (n, n)\nA : (n, n)\nL = det(A X)"),
        Identity("logistic", "sigmoid",
                 "exp(a) / (exp(a) + exp(b)) is σ(a − b); with b = 0, exp(a) / (1 + exp(a)) is σ(a).",
                 "z : (n, 1)\nL = sum(log(1 + exp(z)))"),
        Identity("hyperbolic", "hyperbolic tangent",
                 "The difference of exp(a) and exp(−a) over their sum is tanh(a).",
                 "r : (n, 1)\nL = sum(log(exp(r) + exp(−r)))"),
        Identity("one fraction", "one fraction",
                 "Terms over the same divisor are one fraction, and a fraction inside a divisor is taken out of it.",
                 "x : (n, 1)\nv : scalar positive\nL = log(1 + xᵀ x / v)"),
        Identity("divided", "one sum divides another",
                 "The sum above the line is a multiple of the one below it, as p² − q² is (p + q) times p − q.",
                 "s : scalar\na : scalar\nL = −log(sigmoid(a − s) − sigmoid(−s))"),
        Identity("one root", "one root",
                 "Roots beside each other are the root of the product or quotient; what is positive is the root of its "
                 "square.",
                 "p : (1, n) positive\nq : (1, n) positive\nL = sum((sqrt(p) − sqrt(q))**2) / 2"),
        Identity("one-hot", "one place alone",
                 "{about} is 1 in one place of a row and 0 elsewhere, so the sum of {about} ∘ p is p in that place.",
                 "z : (1, n)\ny : (1, n) onehot\np = softmax(z)\nL = −log(p yᵀ)"),
        Identity("one exponential", "one exponential",
                 "The fraction is multiplied by an exponential above and below the line: exp(−a) / (1 − exp(−a)) is "
                 "1 / (exp(a) − 1).",
                 "z : scalar positive\nL = log(1 − exp(−z))"),
        Identity("own name", "known by name",
                 "The program has a name for this already.",
                 "x : (n, 1)\nA : (n, n) symmetric\nL = (xᵀ A x) / (xᵀ x)"),
        Identity("moved factor", "factor moved across",
                 "In a row of (G Vᵀ) ∘ A the entries add up to those of G ∘ (A V): both are Σ over two indices.",
                 "B : (n, m)\nV : (m, k)\nG : (n, k)\nA = softmax(B)\nO = A V\nL = sum(G ∘ O)"),
        Identity("one sum", "one sum",
                 "Sums over the same places are one sum, and n times a number is its sum over n places.",
                 "u : scalar\nv : (n, 1)\nL = sum((v − u)**2) / 2"),
        Identity("softmax", "softmax",
                 "exp(z) over the sum of its entries is the softmax of z; of a batch it is taken row by row.",
                 "z : (1, n)\nL = log(sum(exp(z)))"),
        Identity("inner product", "sum of products",
                 "A sum of products is a matrix product: u vᵀ of two rows, uᵀ v of two columns, uᵀ A of the rows of A "
                 "with weights u.",
                 "t : (1, n)\nl : (n, 1)\nL = softmax(t) l"),
        Identity("centred", "deviations from the mean",
                 "Deviations from a mean add up to 0 over what the mean was taken of.",
                 "X : (m, n)\nC = X − rowmean(X)\nL = sum(C**2) / 2"),
        Identity("unit length", "unit length",
                 "Entries over the root of the sum of their squares have squares that sum to 1; over that of the mean, "
                 "squares that sum to their number.",
                 "x : (n, 1)\nr = norm2(x)\nu = x / r\nL = norm2(u)**2 / 2"),
        Identity("projection", "normal equations",
                 "What least squares leaves over is at right angles to every column it was fitted with, and what is "
                 "projected twice is projected.",
                 "y : (N, 1)\nX : (N, n)\nP = X inv(Xᵀ X) Xᵀ\nr = y − P y\nL = norm2(r)**2 / 2"),
        Identity("entries of the diagonal", "entries of the diagonal",
                 "The identity is 0 beside its diagonal, so only the entries of the diagonal are left.",
                 "d : (n, 1)\nx : (n, 1)\nL = xᵀ diag(d) x"),
    )
})
"""Every identity by its key."""
