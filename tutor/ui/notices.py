"""Where bugs end up: the document is saved, a sentence is shown, the program goes on.

Errors a person can cause never come here; they are part of what a panel shows.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Signal

_log = logging.getLogger(__name__)

SENTENCE = "The program made a mistake of its own: {what}. {kept}Please report the details."
KEPT = "A copy of your work is kept. "
CRASHED = "The last session ended in a crash. The details were kept; please report them."


class Notices(QObject):
    """Catches what nothing else caught, in any thread, and tells it once.

    Attributes:
        rescue: Saves what the person has open; called before anything is shown.

    Signals:
        noticed (str, str): A sentence for the person, and the details for a report.
    """

    noticed = Signal(str, str)

    def __init__(self, rescue: Callable[[], object] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rescue = rescue
        self._inside = False
        self._told: set[str] = set()
        self._crashes: TextIO | None = None
        self._before = (sys.excepthook, threading.excepthook)

    def install(self, crash_file: Path | None = None) -> None:
        """Become the place for uncaught errors; ``crash_file`` also gets what kills the process outright."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._from_main
        threading.excepthook = self._from_thread
        if crash_file is not None:
            self._watch(crash_file)

    def uninstall(self) -> None:
        """Put everything back as it was."""
        sys.excepthook, threading.excepthook = self._before
        if self._crashes is not None:
            faulthandler.disable()
            self._crashes.close()
            self._crashes = None

    def _watch(self, crash_file: Path) -> None:
        """Let faulthandler write to a file, and tell what an earlier session left there."""
        try:
            crash_file.parent.mkdir(parents=True, exist_ok=True)
            earlier = crash_file.read_text(errors="replace").strip() if crash_file.exists() else ""
            self._crashes = crash_file.open("w")
        except OSError:
            return  # a disk that cannot be written is no reason not to start
        faulthandler.enable(self._crashes)
        if earlier:
            self.noticed.emit(CRASHED, earlier)

    def _from_main(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, Exception):  # Ctrl+C and exit are meant
            self._before[0](kind, error, trace)
            return
        self._tell(error, "".join(traceback.format_exception(kind, error, trace)))

    def _from_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None and isinstance(caught.exc_value, Exception):
            details = traceback.format_exception(caught.exc_type, caught.exc_value, caught.exc_traceback)
            self._tell(caught.exc_value, "".join(details))

    def _tell(self, error: BaseException, details: str) -> None:
        print(details, file=sys.stderr)
        if self._inside:
            return  # an error while telling of an error: the first one is the one to report
        self._inside = True
        kept = ""
        try:
            if self.rescue is not None:
                self.rescue()
                kept = KEPT
        except Exception:
            _log.exception("The document could not be saved")
        finally:
            self._inside = False
        if details not in self._told:  # a bug in painting comes with every frame
            self._told.add(details)
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.noticed.emit(SENTENCE.format(what=what.rstrip("."), kept=kept), details)
