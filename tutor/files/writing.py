"""Writing a file all or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tutor.core.errors import TutorError
from tutor.files.document import digest_of


class ChangedOnDiskError(TutorError):
    """A file is not what it was when it was read."""


def write_whole(path: Path, data: bytes, over: str | None = None) -> str:
    """Put bytes into a file: at every moment it holds all of the old ones or all of the new ones.

    Args:
        path: The file; where it is a link, the file that it leads to.
        data: What it shall hold.
        over: The digest of what may be replaced; None for whatever is there.

    Returns:
        The digest of what it holds now.

    Raises:
        ChangedOnDiskError: there is something else than what may be replaced.
        TutorError: it cannot be written; what was there is still there.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f".saving-{secrets.token_hex(4)}")
    try:
        there = target.exists()
        if there and not target.is_file():
            raise TutorError(f"{path} is not a file.")
        if there and not os.access(target, os.W_OK):
            raise TutorError(f"{path} cannot be written: it is read-only.")
        mode = target.stat().st_mode & 0o777 if there else None
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())  # else a power cut could leave the new name with nothing in it
            if mode is not None:
                part.chmod(mode)
            if there and over is not None and digest_of(target.read_bytes()) != over:
                raise ChangedOnDiskError(f"{path.name} was changed by another program since it was opened here.")
            part.replace(target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise TutorError(f"{path} cannot be written: {error.strerror or error}.") from None
    return digest_of(data)
