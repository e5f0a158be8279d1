"""The chain rule in symbols: derivations, certificates, proofs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.derive.derivation import derive
    from tutor.derive.step import Certificate, Cotangent, Derivation, Link, Promise, Step

__all__ = ["Certificate", "Cotangent", "Derivation", "Link", "Promise", "Step", "derive"]


def __getattr__(name: str) -> Any:
    """Load what is asked for: the window needs a few values of this package before it needs the rules."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{'derivation' if name == 'derive' else 'step'}")
    found = globals()[name] = getattr(module, name)
    return found
