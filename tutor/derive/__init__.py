"""The chain rule in symbols: derivations, certificates, proofs."""

from tutor.derive.derivation import derive
from tutor.derive.step import Certificate, Cotangent, Derivation, Link, Promise, Step

__all__ = ["Certificate", "Cotangent", "Derivation", "Link", "Promise", "Step", "derive"]
