"""A file is written all or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.core.errors import TutorError
from tutor.files.document import digest_of
from tutor.files.writing import ChangedOnDiskError, write_whole


def test_a_new_file(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    assert write_whole(file, b"one") == digest_of(b"one")
    assert file.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(os.name != "posix", reason="only there files have such rights")
def test_rights_and_links_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "file.toml", tmp_path / "link.toml"
    file.write_bytes(b"one")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, b"two")
    assert link.is_symlink() and file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_is_not_known_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(b"one")
    known = digest_of(b"one")
    known = write_whole(file, b"two", known)
    file.write_bytes(b"by another program")
    with pytest.raises(ChangedOnDiskError, match=r"file\.toml was changed by another program"):
        write_whole(file, b"three", known)
    assert file.read_bytes() == b"by another program"
    assert list(tmp_path.iterdir()) == [file]
    write_whole(file, b"three", None)
    assert file.read_bytes() == b"three"


def test_what_was_taken_away_is_written_anew(tmp_path: Path) -> None:
    write_whole(tmp_path / "file.toml", b"two", digest_of(b"one"))
    assert (tmp_path / "file.toml").read_bytes() == b"two"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "file.toml"
    file.write_bytes(b"one")
    monkeypatch.setattr(os, call, full)
    with pytest.raises(TutorError, match=r"file\.toml cannot be written: No space left on device\."):
        write_whole(file, b"two")
    assert file.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of this kind are Linux's")
def test_a_disk_that_really_takes_no_more(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(b"one")
    code = """if True:
        import resource, sys
        from pathlib import Path
        from tutor.core.errors import TutorError
        from tutor.files.writing import write_whole
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_whole(Path(sys.argv[1]), b"2" * 5000)
        except TutorError as error:
            print(error.sentence)
    """
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{file} cannot be written: File too large.\n"
    assert file.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_none_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file" / "new.toml", tmp_path / "none" / "new.toml"):
        with pytest.raises(TutorError, match=r"new\.toml cannot be written: (Not a directory|No such file)"):
            write_whole(place, b"one")
    with pytest.raises(TutorError, match="is not a file"):
        write_whole(tmp_path, b"one")


def test_a_file_that_is_read_only_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(b"one")
    file.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)  # who runs as root may write everything
    with pytest.raises(TutorError, match=r"file\.toml cannot be written: it is read-only\."):
        write_whole(file, b"two")
    assert file.read_bytes() == b"one"
