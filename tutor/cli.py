"""The command line: the same core as the window, without a display.

Exit status: 0 done, 1 the answer is "no" (a check failed), 2 the input cannot be used.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.core.errors import TutorError

if TYPE_CHECKING:
    import argparse

    from tutor.core.problem import Problem
    from tutor.derive.conventions import Convention

DONE: Final = 0
NO: Final = 1
UNUSABLE: Final = 2

FORMATS: Final = ("text", "latex", "markdown", "json", "numpy", "torch", "jax")
"""What ``derive`` can print."""

PANELS: Final = ("chain", "derivation", "jacobians", "check", "sweep", "window")
"""What ``figure`` can draw."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: The arguments, without the program's name; those of the process when None.

    Returns:
        The exit status.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (not arguments[0].startswith("-") and arguments[0] not in COMMANDS):
        return _window(arguments)
    _utf8()
    options = _parser().parse_args(arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()  # not when the process ends, where nobody can say that it is no failure
        return status
    except TutorError as error:
        print(f"chain-rule-tutor: {error}", file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:
        # The reader of a pipe has what it wanted; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        print(f"chain-rule-tutor: {error.strerror or error}.", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the end of the process tries once more
        return UNUSABLE


def _utf8() -> None:
    """Formulas need more signs than some consoles' own encoding has; a file's name may hold what is no sign at all."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _window(arguments: Sequence[str]) -> int:
    """Open the window, on a problem when one is named."""
    from tutor.ui.app import main as open_window

    return open_window(list(arguments))


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="chain-rule-tutor",
        description="Derive, check and draw the gradients of a forward pass. Without a command the window opens.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (run, describe, declare) in COMMANDS.items():
        command = commands.add_parser(name, help=describe, description=describe)
        declare(command)
        command.set_defaults(run=run)
    return parser


# --- problems --------------------------------------------------------------------------------------------------------


def _problems(options: argparse.Namespace) -> int:
    """The ready-made problems, a line each."""
    from tutor.files.library import ready_made

    rows = ready_made()
    width = max(len(name) for name, *_ in rows)
    for name, title, look_for in rows:
        print(f"{name:<{width}}  {title}. {look_for}" if look_for else f"{name:<{width}}  {title}")
    return DONE


# --- derive ----------------------------------------------------------------------------------------------------------


def _declare_derive(parser: argparse.ArgumentParser) -> None:
    _declare_problem(parser)
    _declare_wrt(parser, "the variable; the problem's own when left out")
    parser.add_argument("--order", type=int, choices=(1, 2), default=1,
                        help="1 for the gradient, or the Jacobian of a matrix; 2 for the Hessian")
    _declare_reading(parser)
    parser.add_argument("--format", choices=FORMATS, default="text",
                        help="a page of text or Markdown, LaTeX, JSON, or a module for NumPy, PyTorch or JAX")


def _derive(options: argparse.Namespace) -> int:
    """The gradient, step by step, every step certified."""
    from tutor.derive import export
    from tutor.derive.report import report

    problem = _problem(options.problem)
    found = report(problem, _name(options.wrt) if options.wrt else problem.wrt, options.order)
    from tutor.derive.conventions import Convention

    convention = _convention(options)
    if convention == Convention():
        print(export.FORMATS[options.format](found), end="")
        return DONE if found.certified else NO
    if found.kind != "gradient":
        raise TutorError("--vectors, --style, --layout and --spelled read a gradient, and this is a "
                         f"{found.kind.capitalize()}.")
    from tutor.derive.readings import read

    reading = read(found.derivation, convention, found.problem.kinds)
    print(export.as_read(found, reading, options.format), end="")
    return DONE if found.certified and reading.certified else NO


# --- check -----------------------------------------------------------------------------------------------------------


def _declare_check(parser: argparse.ArgumentParser) -> None:
    from tutor.core.comparison import METHODS

    _declare_problem(parser)
    _declare_wrt(parser, "a variable, or 'all' for every variable and intermediate", default="all")
    parser.add_argument("--method", choices=METHODS, default="central")
    parser.add_argument("--step", type=float, metavar="H", help="the step, scaled with max(1, |x|)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _check(options: argparse.Namespace) -> int:
    """The gradient against finite differences, entry by entry."""
    from tutor.core.comparison import AGREES, DIFFERS
    from tutor.core.differences import check
    from tutor.core.evaluate import evaluate

    problem = _problem(options.problem)
    names = None if options.wrt == "all" else [problem.program.variable(_name(options.wrt)).name]
    result = check(evaluate(problem), options.method, options.step, names)
    if options.json:
        rows = {name: {"max_abs": _finite(c.max_abs), "max_rel": _finite(c.max_rel), "worst": [k + 1 for k in c.worst],
                       "verdict": c.verdict} for name, c in result.variables.items()}
        print(json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        from tutor.figures.verdict import table

        print("\n".join(table(result)))
    # Where not one entry of a name could be told, nothing was verified.
    failed = any(c.count(DIFFERS) or not c.count(AGREES) for c in result.variables.values())
    return NO if failed else DONE


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if abs(value) < float("inf") else None


# --- mark ------------------------------------------------------------------------------------------------------------


def _declare_mark(parser: argparse.ArgumentParser) -> None:
    _declare_problem(parser)
    _declare_wrt(parser, "the variable; the problem's own when left out")
    parser.add_argument("--formula", required=True, metavar="TEXT",
                        help="the gradient as you have it: as the program is written, in LaTeX or in NumPy")
    parser.add_argument("--where", action="append", default=[], metavar="NAME=TEXT",
                        help="what a name means that the program does not have, as in 'H = diag(h)'; several times")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _mark(options: argparse.Namespace) -> int:
    """A formula of your own: right or wrong, and the smallest edit that makes it right."""
    from tutor.marking import mark
    from tutor.marking.report import as_data, as_text

    problem = _problem(options.problem)
    where = {}
    for given in options.where:
        name, sign, meaning = given.partition("=")
        if not sign:
            raise TutorError(f"--where takes NAME=TEXT, as in 'H = diag(h)', not {given}.")
        where[name.strip()] = meaning.strip()
    marked = mark(problem, _name(options.wrt) if options.wrt else problem.wrt, options.formula, where)
    if options.json:
        print(json.dumps(as_data(marked), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print("\n".join(as_text(marked)))
    return {"wrong": NO, "unreadable": UNUSABLE}.get(marked.verdict, DONE)


# --- figure ----------------------------------------------------------------------------------------------------------


def _declare_figure(parser: argparse.ArgumentParser) -> None:
    _declare_problem(parser)
    _declare_wrt(parser, "the variable; the problem's own when left out")
    parser.add_argument("--panel", choices=PANELS, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE",
                        help="FILE.svg, FILE.pdf, FILE.png, or FILE.tex for LaTeX")
    _declare_reading(parser)
    parser.add_argument("--joined", action="store_true", help="links that the derivation writes as one, as one")
    parser.add_argument("--path", metavar="NAMES", default="",
                        help="for the Jacobians: along which names, as in 'L h x'; else along the most links")
    parser.add_argument("--products", choices=("local", "left", "right"), default="local",
                        help="for the Jacobians: each by itself, or their products from the output or the variable on")
    parser.add_argument("--own-scales", action="store_true", help="for the Jacobians: a colour scale for each")
    parser.add_argument("--theme", choices=("light", "dark", "print"), default="light")
    parser.add_argument("--width", type=float, default=160.0, metavar="MM", help="the width in mm")
    parser.add_argument("--dpi", type=float, default=200.0, metavar="N", help="for PNG: dots per inch")
    parser.add_argument("--size", default="1440x900", metavar="WxH", help="for the window: its size in pixels")


def _figure(options: argparse.Namespace) -> int:
    """A picture of a panel, for lecture notes."""
    problem = _problem(options.problem)
    if options.wrt:
        problem = problem.with_wrt(_name(options.wrt))
    if options.panel == "window":
        if options.out.suffix.lower() == ".tex":
            raise TutorError("The window is a picture of dots and has no LaTeX. End the file with .svg, .pdf or .png.")
        from tutor.ui.screenshot import save_window

        save_window(problem, options.out, options.theme, options.size)
    else:
        from tutor.figures import export

        theme = export.THEMES[options.theme]
        saved = export.save_panel(options.panel, export.Order(
            problem, options.out, theme, options.width, options.dpi, _convention(options), options.joined,
            _path(options.path, problem), options.products, options.own_scales))
        for note in saved.notes:
            print(note, file=sys.stderr)
        return DONE if saved.certified else NO
    return DONE


# --- shared ----------------------------------------------------------------------------------------------------------


def _declare_problem(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("problem", metavar="PROBLEM", help="a problem file, or the name of a ready-made problem")


def _declare_wrt(parser: argparse.ArgumentParser, about: str, default: str | None = None) -> None:
    parser.add_argument("--wrt", metavar="X", default=default, help=about)


def _declare_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vectors", choices=("row", "column"), default="row",
                        help="whether what the program writes as a row is read as a column")
    parser.add_argument("--style", choices=("chain", "differential", "index"), default="chain",
                        help="Jacobian products, differentials with the Frobenius product, or index notation")
    parser.add_argument("--layout", choices=("gradient", "numerator"), default="gradient",
                        help="the derivative in the shape of the variable, or transposed")
    parser.add_argument("--spelled", action="store_true", help="every step with no cotangent abbreviated by δ")


def _convention(options: argparse.Namespace) -> Convention:
    from tutor.derive.conventions import Convention

    return Convention(options.vectors, options.style, options.layout, options.spelled)


def _path(spelled: str, problem: Problem) -> str:
    """The path through these names, with arrows, commas or blanks between them; nothing for the usual one."""
    from tutor.derive.derivation import paths
    from tutor.derive.views import path_key

    names = tuple(_name(name) for name in re.split(r"->|[\s,→]+", spelled) if name)
    known = paths(problem.program, problem.wrt)
    if names and names not in known:
        raise TutorError(f"There is no path {path_key(names)}. There is {', '.join(map(path_key, known))}.")
    return path_key(names)


def _declare_nothing(parser: argparse.ArgumentParser) -> None:
    """This command has no options."""


def _problem(name: str) -> Problem:
    from tutor.files.library import problem

    return problem(name)


def _name(spelled: str) -> str:
    """A name as the program has it: ``theta`` is θ, ``W_1`` is W1."""
    from tutor.language.names import normalise

    return normalise(spelled)


Command = tuple[Callable[["argparse.Namespace"], int], str, Callable[["argparse.ArgumentParser"], None]]

COMMANDS: Final[dict[str, Command]] = {
    "problems": (_problems, "list the ready-made problems", _declare_nothing),
    "derive": (_derive, "derive the gradient, the Jacobian or the Hessian, step by step", _declare_derive),
    "check": (_check, "compare the gradient with finite differences", _declare_check),
    "mark": (_mark, "mark a gradient of your own, and repair it", _declare_mark),
    "figure": (_figure, "save a picture of a panel", _declare_figure),
}
