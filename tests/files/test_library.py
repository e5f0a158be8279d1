"""The ready-made problems: found in a checkout and in a wheel, and all of them sound."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import tutor
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.resources import resources
from tutor.files import library
from tutor.files.document import load_document
from tutor.files.problem_file import read_problem, to_toml

ENTRIES = library.ready_made()


def test_the_question_comes_first() -> None:
    assert ENTRIES[0].name == library.FIRST == "backprop-5-3-5"
    assert ENTRIES[0].title == "Backprop 5-3-5"
    assert len(ENTRIES) >= 6
    assert [e.name for e in ENTRIES[1:]] == sorted(e.name for e in ENTRIES[1:])


def test_the_question() -> None:
    problem = library.problem("backprop-5-3-5")
    assert dict(problem.dims) == {"n": 5, "m": 3, "k": 5}
    assert problem.wrt == "x"
    assert problem.seed == 2899
    assert problem.numbers["y"].sum() == 1
    assert problem.program.text.splitlines()[5] == "y  : (1, k) distribution"


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_a_ready_made_problem_is_sound(entry: library.ReadyMade) -> None:
    problem = library.problem(entry.name)
    assert (problem.title, problem.look_for) == (entry.title, entry.look_for)
    assert entry.look_for.count(".") == 1 and entry.look_for.endswith(".")
    assert problem.wrt in problem.program.targets
    assert not problem.broken
    values = evaluate(problem).values
    assert all(np.all(np.isfinite(values[name])) for name in problem.program.shapes)
    assert problem.program.output.shape == (1, 1)
    again = read_problem(to_toml(problem))
    assert again.program.text == problem.program.text
    assert all(np.array_equal(again.numbers[name], problem.numbers[name]) for name in problem.numbers)


def test_a_path_is_a_name_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(to_toml(library.problem("relu-network")), encoding="utf-8")
    assert library.problem(str(path)).title == "A relu network"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("relu-netwrok", "There is no ready-made problem and no file called relu-netwrok. Did you mean relu-network?"),
        ("zzz", "There is no ready-made problem and no file called zzz. There is backprop-5-3-5, "),
        ("nowhere/x.toml", "There is no file nowhere/x.toml."),
        ("~nobody-is-called-so/x.toml", "There is no file ~nobody-is-called-so/x.toml."),
        ("x\0y", "There is no ready-made problem and no file called x\0y."),
        ("x" * 5000, "There is no ready-made problem and no file called xxx"),
    ],
)
def test_what_is_not_there(name: str, message: str) -> None:
    with pytest.raises(TutorError) as caught:
        library.problem(name)
    assert str(caught.value).startswith(message)


def test_resources_lie_inside_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "tutor"
    folder = package / "resources" / "problems"
    folder.mkdir(parents=True)
    shutil.copy(resources() / "problems" / "relu-network.toml", folder)
    monkeypatch.setattr(tutor, "__file__", str(package / "__init__.py"))
    assert [entry.name for entry in library.ready_made()] == ["relu-network"]
    assert library.problem("relu-network").title == "A relu network"


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tutor" / "resources" / "problems"
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_text("title = ", encoding="utf-8")
    monkeypatch.setattr(tutor, "__file__", str(tmp_path / "tutor" / "__init__.py"))
    with pytest.raises(TutorError, match=r"bad\.toml: This is not TOML"):
        library.ready_made()
    with pytest.raises(TutorError, match=r"bad\.toml: This is not TOML"):
        library.problem("bad")


def test_every_file_of_the_library_is_listed() -> None:
    stems = {path.stem for path in (resources() / "problems").glob("*.toml")}
    assert stems == {entry.name for entry in ENTRIES}
    for stem in stems:
        load_document(resources() / "problems" / f"{stem}.toml")
