"""Formulas as learners write them: programs, right answers in unusual forms, and wrong ones with the slip in them."""

from __future__ import annotations

from typing import NamedTuple

NETWORK = """
x : (1, n)
W1 : (n, m)
b1 : (1, m)
W2 : (m, k)
b2 : (1, k)
y : (1, k) distribution
a = x W1 + b1
h = sigmoid(a)
θ = h W2 + b2
p = softmax(θ)
L = xent(y, p)
"""
BATCH = """
X : (N, n)
W : (n, k)
b : (1, k)
Y : (N, k) distribution
Z = X W + b
P = softmax(Z)
L = xent(Y, P) / N
"""
TANH = """
x : (1, n)
U : (n, m)
V : (m, k)
t : (1, k)
s = x U
u = tanh(s)
o = u V
L = sum((o - t)**2) / 2
"""
RIDGE = """
A : (N, n)
w : (n, 1)
c : (N, 1)
λ : scalar positive
r = A w - c
L = sum(r**2) + λ sum(w**2)
"""
RESIDUAL = """
x : (1, n)
W : (n, n)
c : (1, n)
z = x W
g = tanh(z)
o = x + g
L = sum(c * o)
"""
RELU = """
X : (N, n)
W1 : (n, m)
W2 : (m, k)
T : (N, k)
A = X W1
H = relu(A)
O = H W2
L = sum((O - T)**2)
"""
QUADRATIC = """
x : (n, 1)
A : (n, n)
L = xᵀ A x
"""
RECURRENT = """
x1 : (1, n)
x2 : (1, n)
h0 : (1, m)
U : (n, m)
W : (m, m)
c : (1, m)
h1 = tanh(x1 U + h0 W)
h2 = tanh(x2 U + h1 W)
L = sum(c * h2)
"""
ATTENTION = """
Q : (n, d)
K : (m, d)
V : (m, v)
C : (n, v)
S = Q Kᵀ / 3
P = softmax(S)
O = P V
L = sum(C * O)
"""


class Wrong(NamedTuple):
    """A wrong formula: where, by what, as it is written, and the kind of the first slip."""

    program: str
    wrt: str
    formula: str
    kind: str


class Right(NamedTuple):
    """A right formula."""

    program: str
    wrt: str
    formula: str
    layout: str = "equal"


WRONG = (
    # brackets, transposes, orders
    Wrong(NETWORK, "x", "((p - y) W2ᵀ) ∘ ((h - h∘h) W1ᵀ)", "brackets"),
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) ∘ h ∘ (1 - h)) W1", "transpose"),
    Wrong(NETWORK, "x", "(((p - y) W2) ∘ h ∘ (1 - h)) W1ᵀ", "transpose"),
    Wrong(NETWORK, "W2", "h δθ", "transpose"),
    Wrong(TANH, "x", "((o - t) ∘ (1 - u**2)) Vᵀ Uᵀ", "order"),
    Wrong(TANH, "x", "((o - t) V ∘ (1 - u**2)) Uᵀ", "transpose"),
    Wrong(TANH, "U", "x ((o - t) Vᵀ ∘ (1 - u**2))", "transpose"),
    Wrong(RELU, "W1", "X (2 (O - T) W2ᵀ ∘ step(A))", "transpose"),
    Wrong(RELU, "W2", "2 H (O - T)", "transpose"),
    Wrong(RELU, "X", "(2 (O - T) W2ᵀ ∘ step(A)) W1", "transpose"),
    Wrong(RIDGE, "w", "2 A r + 2 λ w", "transpose"),
    Wrong(RIDGE, "w", "2 r Aᵀ + 2 λ w", "order"),
    Wrong(RIDGE, "w", "2 (Aᵀ r + 2 λ w)", "factor"),
    Wrong(RECURRENT, "h0", "(((c ∘ (1 - h2**2)) W) ∘ (1 - h1**2)) Wᵀ", "transpose"),
    Wrong(ATTENTION, "V", "P C", "transpose"),
    Wrong(ATTENTION, "K", "δS Q / 3", "transpose"),
    # products
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) @ (h ∘ (1 - h))) W1ᵀ", "matmul_elementwise"),
    Wrong(TANH, "x", "((o - t) Vᵀ ∘ (1 - u**2)) ∘ Uᵀ", "matmul_elementwise"),
    Wrong(RELU, "W1", "Xᵀ (2 (O - T) W2ᵀ @ step(A))", "matmul_elementwise"),
    # signs and numbers
    Wrong(NETWORK, "x", "(((y - p) W2ᵀ) ∘ h ∘ (1 - h)) W1ᵀ", "sign"),
    Wrong(TANH, "x", "((o - t) Vᵀ ∘ (1 + u**2)) Uᵀ", "sign"),
    Wrong(RIDGE, "w", "2 Aᵀ r - 2 λ w", "sign"),
    Wrong(RIDGE, "w", "Aᵀ r + 2 λ w", "factor"),
    Wrong(RIDGE, "w", "2 Aᵀ r + λ w", "factor"),
    Wrong(RELU, "W2", "Hᵀ (O - T)", "factor"),
    Wrong(BATCH, "W", "Xᵀ (P - Y)", "factor"),
    Wrong(ATTENTION, "Q", "δS K", "factor"),
    # what is missing, what is too much
    Wrong(NETWORK, "x", "((p - y) W2ᵀ) W1ᵀ", "missing_factor"),
    Wrong(NETWORK, "b1", "(p - y) W2ᵀ", "missing_factor"),
    Wrong(NETWORK, "W1", "xᵀ ((p - y) W2ᵀ)", "missing_factor"),
    Wrong(NETWORK, "x", "(((-y/p) W2ᵀ) ∘ h ∘ (1 - h)) W1ᵀ", "missing_factor"),
    Wrong(NETWORK, "x", "((((p - y) ∘ p) W2ᵀ) ∘ h ∘ (1 - h)) W1ᵀ", "extra_factor"),
    Wrong(NETWORK, "θ", "(p - y) ∘ p ∘ (1 - p)", "extra_factor"),
    Wrong(NETWORK, "θ", "p", "missing_path"),
    Wrong(BATCH, "b", "(P - Y) / N", "missing_factor"),
    Wrong(BATCH, "b", "rowsum(P - Y) / N", "wrong_function"),
    Wrong(TANH, "x", "(o - t) Vᵀ Uᵀ", "missing_factor"),
    Wrong(TANH, "U", "xᵀ (1 - u**2)", "missing_factor"),
    Wrong(RESIDUAL, "x", "(c ∘ (1 - g**2)) Wᵀ", "missing_path"),
    Wrong(RESIDUAL, "x", "c", "missing_path"),
    Wrong(RECURRENT, "W", "h1ᵀ (c ∘ (1 - h2**2))", "missing_path"),
    Wrong(QUADRATIC, "x", "A x", "missing_path"),
    Wrong(RELU, "W1", "Xᵀ (2 (O - T) W2ᵀ)", "missing_factor"),
    # functions and names
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) ∘ h) W1ᵀ", "wrong_function"),
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) ∘ (1 - h**2)) W1ᵀ", "wrong_function"),
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) ∘ σ'(h)) W1ᵀ", "evaluated_at"),
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) ∘ a ∘ (1 - a)) W1ᵀ", "evaluated_at"),
    Wrong(TANH, "x", "((o - t) Vᵀ ∘ (1 - s**2)) Uᵀ", "evaluated_at"),
    Wrong(TANH, "x", "((o - t) Vᵀ ∘ tanh'(u)) Uᵀ", "evaluated_at"),
    Wrong(TANH, "x", "((o - t) Vᵀ ∘ u ∘ (1 - u)) Uᵀ", "wrong_function"),
    Wrong(NETWORK, "x", "(((p - y) W1) ∘ h ∘ (1 - h)) W2", "wrong_name"),
    Wrong(NETWORK, "x", "(((p - y) W2ᵀ) ∘ h ∘ (1 - h)) W2ᵀ", "wrong_name"),
    Wrong(TANH, "U", "sᵀ ((o - t) Vᵀ ∘ (1 - u**2))", "wrong_name"),
    Wrong(RECURRENT, "U", "x1ᵀ (c ∘ (1 - h2**2)) + x1ᵀ (((c ∘ (1 - h2**2)) Wᵀ) ∘ (1 - h1**2))", "wrong_name"),
    # two at once
    Wrong(NETWORK, "x", "(((y - p) W2ᵀ) ∘ h ∘ (1 - h)) W1", "sign"),
    Wrong(NETWORK, "x", "(((p - y) W2) ∘ h ∘ (1 - h)) W1", "transpose"),
    Wrong(TANH, "x", "((t - o) Vᵀ) Uᵀ", "sign"),
    Wrong(NETWORK, "x", "((y - p) W2ᵀ) ∘ ((h - h∘h) W1ᵀ)", "sign"),
    Wrong(RELU, "W1", "X (2 (T - O) W2ᵀ ∘ step(A))", "transpose"),
)

RIGHT = (
    Right(NETWORK, "x", "(p - y) @ W2.T * h * (1 - h) @ W1.T"),
    Right(NETWORK, "x", "((p W2ᵀ - y W2ᵀ) ∘ (h - h**2)) W1ᵀ"),
    Right(NETWORK, "x", "(p - y) W2ᵀ diag(h ∘ (1 - h)) W1ᵀ"),
    Right(NETWORK, "x", "((W1 (((p - y) W2ᵀ) ∘ σ'(a))ᵀ)ᵀ"[1:]),
    Right(NETWORK, "x", "δa W1ᵀ"),
    Right(NETWORK, "x", "W1 ((W2 (p - y)ᵀ) ∘ (h ∘ (1 - h))ᵀ)", "other_layout"),
    Right(NETWORK, "x", "W1 (H - H^2) W2 (p - y)", "other_layout"),
    Right(NETWORK, "x", "np.dot(np.dot(p - y, W2.T) * np.exp(-a) / (1 + np.exp(-a))**2, W1.T)"),
    Right(NETWORK, "x", r"\left(\left((\hat p-y)W_2^\top\right)\odot\sigma'(a)\right)W_1^\top".replace(r"\hat p", "p")),
    Right(NETWORK, "W1", "xᵀ ((p - y) W2ᵀ) ∘ h ∘ (1 - h)"),
    Right(NETWORK, "W2", "np.outer(h, p - y)"),
    Right(NETWORK, "W2", "hᵀ p - hᵀ y"),
    Right(NETWORK, "W2", "(p - y)ᵀ h", "other_layout"),
    Right(BATCH, "W", "X.T @ (P - Y) / len(X)"),
    Right(BATCH, "b", "np.sum(P - Y, axis=0, keepdims=True) / X.shape[0]"),
    Right(BATCH, "b", "(P - Y).mean(axis=0)"),
    Right(BATCH, "b", "ones(1, N) (P - Y) / N"),
    Right(RIDGE, "w", "2 (Aᵀ A + λ eye(n)) w - 2 Aᵀ c"),
    Right(RIDGE, "w", "Aᵀ (2 A w - 2 c) + λ w + w λ"),
    Right(RESIDUAL, "x", "c (eye(n) + diag(1 - g**2) Wᵀ)"),
    Right(RELU, "W1", "X.T @ ((2 * (O - T) @ W2.T) * (A > 0))"),
    Right(QUADRATIC, "x", "(A + Aᵀ) x"),
    Right(QUADRATIC, "x", "A x + Aᵀ x"),
    Right(QUADRATIC, "x", "xᵀ A + xᵀ Aᵀ", "other_layout"),
    Right(ATTENTION, "Q", "(P ∘ (C Vᵀ - rowsum(P ∘ (C Vᵀ)))) K / 3"),
    Right(ATTENTION, "V", "Pᵀ C"),
)
