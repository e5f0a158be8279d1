"""SymPy's proofs in a process of their own: a question a line in, an answer a line out, until the input ends.

    python -m tutor.derive.proving

The window asks here, so that what SymPy computes never holds up what is painted, and can be stopped. Questions and
answers are JSON, and hold text and numbers only; the link to prove is derived here once more from the program's text,
and it is compared with the one that was meant before anything is said about it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from queue import SimpleQueue
from threading import Thread
from typing import Final

from tutor.core.errors import TutorError
from tutor.core.program import Program
from tutor.derive.derivation import derive
from tutor.derive.proof import Proof, prove
from tutor.derive.step import Derivation, Link
from tutor.language import printing
from tutor.language.reader import read_program

READY: Final = b"ready\n"
"""Its first line: SymPy is loaded."""

_POLITE: Final = 5
"""How much it lets the window go first, where the system knows of such a thing."""


# --- what is said ----------------------------------------------------------------------------------------------------


def question(derivation: Derivation, link: Link, kinds: Mapping[str, str], dims: Mapping[str, int]) -> bytes:
    """A link as a line.

    Args:
        derivation: Which it is a link of.
        link: The link to prove.
        kinds: How the numbers of the derivation's certificates are drawn.
        dims: The user's sizes.
    """
    program = derivation.program
    return _line({
        "program": program.text or printing.program_text(program), "wrt": derivation.wrt, "kinds": dict(kinds),
        "dims": dict(dims), "output": link.output, "source": link.source, "meant": _meaning(program, link),
    })


def answer(line: bytes) -> bytes:
    """The answer to a question: a proof; a refusal, where SymPy cannot say it; or the details of a bug."""
    try:
        asked = json.loads(line)
        derivation = _derivation(asked["program"], asked["wrt"], tuple(sorted(asked["kinds"].items())))
        link = derivation.link(asked["output"], asked["source"])
        if _meaning(derivation.program, link) != asked["meant"]:
            raise RuntimeError(f"{link.output} → {link.source} reads differently here")
        return _line({"proof": asdict(prove(derivation.program, link, asked["dims"]))})
    except TutorError as refusal:
        return _line({"refused": refusal.sentence})
    except Exception:
        return _line({"bug": traceback.format_exc()})


def proof_of(line: bytes) -> Proof | None:
    """The proof in an answer; None for a refusal.

    Raises:
        RuntimeError: the answer is the details of a bug.
    """
    said = json.loads(line)
    if "bug" in said:
        raise RuntimeError(f"SymPy's process failed.\n{said['bug']}")
    if "refused" in said:
        return None
    given = said["proof"]
    return Proof(given["exact"], given["entries"], given["sizes"], tuple(given["equations"]), given["sentence"])


def _line(said: Mapping[str, object]) -> bytes:
    return json.dumps(said).encode("ascii") + b"\n"


def _meaning(program: Program, link: Link) -> list[str]:
    """The statement and what is claimed of it, as text."""
    return [printing.text(program.definitions[link.output]), printing.text(link.adjoint)]


@lru_cache(maxsize=8)
def _derivation(text: str, wrt: str, kinds: tuple[tuple[str, str], ...]) -> Derivation:
    return derive(_program(text), wrt, dict(kinds))


@lru_cache(maxsize=8)
def _program(text: str) -> Program:
    """One program for one text, so that links proved for one variable are not proved again for the next."""
    return read_program(text)


# --- the process -----------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer until the input ends, which it does with the window, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is meant for the window
    if sys.platform != "win32":
        os.nice(_POLITE)
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    questions: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(questions,), daemon=True).start()
    import sympy  # noqa: F401

    said = READY
    try:
        while True:
            answers.write(said)
            answers.flush()
            said = answer(questions.get())
    except OSError:  # nobody is there
        os._exit(0)


def _listen(questions: SimpleQueue[bytes]) -> None:
    """Take questions, also while one is worked on; at the end of the input there is nothing more to work for."""
    for line in sys.stdin.buffer:
        questions.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
