"""Somebody who tries everything: types, drags, undoes, moves panels, opens files, in no sensible order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QTextCursor, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QDockWidget, QMenu, QPushButton, QToolButton, QWidget

from tests.ui.what_is_seen import panel_of
from tutor.ui.panels.check import CheckPanel
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.formula import FormulaPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.panels.program import ProgramPanel
from tutor.ui.questions import Answer
from tutor.ui.theme import STEPS
from tutor.ui.widgets.cell_view import CellView
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.code_editor import CodeEditor
from tutor.ui.widgets.formula_view import FormulaView
from tutor.ui.widgets.notice_bar import NoticeBar
from tutor.ui.widgets.size_box import SizeBox
from tutor.ui.widgets.step_row import StepRow
from tutor.ui.widgets.table_view import TableView
from tutor.ui.window import MainWindow

_FORMULAS = (
    "((ŷ - y) W2ᵀ ∘ h ∘ (1 - h)) W1ᵀ", "((ŷ - y) W2ᵀ) ∘ ((h - h∘h) W1ᵀ)", "(ŷ - y) W2 W1ᵀ", "np.outer(h, ŷ - y)",
    r"\delta_\theta W_2^\top", "x", "(((", "", "foo(x) + 1", "X.T @ (P - Y) / N", "2 A x", "sum(x) ones(1, n)",
)
NONE, SHIFT, ALT, CTRL = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
                          Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier)
LEFT: Final = Qt.MouseButton.LeftButton

_PATIENCE: Final = 60

NUMBERS: Final = ("1", "-0,5", ".25", "0", "2.5e0", "-3", "12", "1e3", "1e-9", "1/3", "abc", "nan", "inf", "1e400",
                  "--1")
SIZES: Final = ("1", "2", "3", "4", "5", "6", "7", "12", "0", "65", "2.5", "x", "")
SEEDS: Final = ("0", "1", "33", "99999999", "-1", "7a")
PASTED: Final = ("1\t2\n3\t4", "0.5", "1 2 3", "a\tb", "", "1\t2\n3", "-1;2;3\n4;5;6")
LINES: Final = (
    "z = tanh(a)", "c = a + b1", "q : (1, n)", "W1 : (n, k)", "# a remark", "a = x W1", "L = sum(h * h)", "(((",
    "x : (", "= 3", "ŷ = softmax(θ", "h = relu(a)", "W9 : (n, m)", "σ", "u = exp(x)", "x", "W1", "sig",
    "L = xent(y, ŷ) + 0.1 sum(W1 ∘ W1)",
)
PROGRAMS: Final = (
    "A : (m, n)\nx : (n, 1)\nb : (m, 1)\nL = norm2(A x - b)\n",
    "x : (1, n)\nW : (n, n)\nh = tanh(x W)\ng = relu(h W)\nL = sum(g)\n",
    "S : (n, n) spd\nL = logdet(S) + trace(S)\n",
    "x : (1, n)\ny : (1, n) onehot\np = softmax(x)\nL = xent(y, p)\n",
    "A : (2, 2)\nB = A A\n",
    "a : scalar\nL = a ** 3\n",
    "x : (1, n)\nu : (1, n)\nL = sum(x)\n",
    "nonsense",
    "",
)
KEYS: Final = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace, Qt.Key.Key_PageDown, Qt.Key.Key_F2, Qt.Key.Key_F6,
)


class Person:
    """Answers what the window asks; whoever tries everything decides beforehand what."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self.answer = Answer.DISCARD

    def __call__(self, _window: QWidget) -> Person:
        return self

    def to_open(self, folder: str) -> Path | None:
        return self.file

    def to_save(self, suggested: Path) -> Path | None:
        return None if self.file is None else self.file.with_suffix(suggested.suffix)

    def changes(self, title: str) -> Answer:
        return self.answer


class RandomUser:
    """Acts on a window through its mouse and its keyboard, as a seed says.

    Args:
        window: Shown, and begun.
        person: Answers what it asks.
        folder: Where files are saved.
        seed: Of what is done. What is done depends, too, on when the answers of the background come.
        tell: Is told of everything before it is done.
    """

    def __init__(
        self, window: MainWindow, person: Person, folder: Path, seed: int, tell: Callable[[str], object]
    ) -> None:
        self._window, self._person, self._folder, self._tell = window, person, folder, tell
        self._any = random.Random(seed)
        self._doings: dict[Callable[[], None], int] = {
            self._type_number: 10, self._drag_number: 10, self._turn_number: 4, self._paste: 3, self._fill: 3,
            self._change_size: 8, self._change_seed: 2, self._choose_variable: 5, self._type_program: 8,
            self._replace_program: 2, self._undo: 8, self._redo: 4, self._hover: 8, self._click_cell: 5,
            self._click_formula: 5, self._click_something: 5, self._choose: 4, self._press_key: 8, self._scroll: 3,
            self._zoom: 2, self._choose_theme: 1, self._toggle_dock: 4, self._move_dock: 3, self._drag_border: 2,
            self._enlarge: 2, self._resize: 3, self._put_panels_back: 1, self._open_ready: 2, self._save: 2,
            self._open_file: 2, self._dialog: 1, self._release: 4, self._type_formula: 4,
        }

    def act(self) -> None:
        """Do one thing, and let the window answer: at once, after a while, or not before the next thing is done."""
        (doing,) = self._any.choices(list(self._doings), list(self._doings.values()))
        doing()
        match self._any.randrange(10):
            case 0:
                self.settle()
            case 1 | 2 | 3:
                QTest.qWait(self._any.choice((1, 5, 20)))
            case _:
                QApplication.processEvents()
        self._come_back()

    def _type_formula(self) -> None:
        text = self._any.choice(_FORMULAS)
        self._tell(f"my formula: {text!r}")
        self._window.docks.bring("formula")
        line = panel_of(self._window, FormulaPanel).line
        line.setFocus()
        line.selectAll()
        line.insert(text)
        line.textEdited.emit(line.text())
        if self._any.random() < 0.3:
            QTest.keyClick(line, Qt.Key.Key_Return, CTRL)

    def settle(self) -> None:
        """Wait until everything is there."""
        until = monotonic() + _PATIENCE
        while self._window.busy:
            assert monotonic() < until, f"the window is still busy after {_PATIENCE} seconds"
            QTest.qWait(5)
        QApplication.processEvents()

    def rest(self) -> None:
        """Let go of everything: what is pinned, typed, open, under the pointer or the keyboard."""
        self._tell("rest")
        self._close_popups()
        for dialog in self._window.findChildren(QDialog):
            dialog.close()
        for notice in self._seen(NoticeBar):
            for button in notice.findChildren(QToolButton):
                self._click(button)
        self._window.activateWindow()
        QApplication.processEvents()
        if (focus := self._window.focusWidget()) is not None:
            focus.clearFocus()
        for text in self._window.findChildren(CodeEditor):
            text.moveCursor(QTextCursor.MoveOperation.Start)  # what is selected is no part of a document
        for box in self._window.findChildren(SizeBox):
            box.lineEdit().deselect()
        self._window.reset_panels()
        self._window.resize(1440, 900)
        QTest.mouseMove(self._handle(self._window), QPoint(2, 2))
        shown = (CellView, TableView, StepRow, FormulaView)
        for view in [v for kind in shown for v in self._window.findChildren(kind)]:
            QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))  # without a screen, a menu that closes swallows it
        for _ in range(3):
            self._window.activateWindow()
            QTest.keyClick(self._window, Qt.Key.Key_Escape)
        self.settle()
        QTest.qWait(450)  # who types is told what is wrong after a pause

    # ---- hands ------------------------------------------------------------------------------------------------

    def _handle(self, widget: QWidget) -> QWindow:
        handle = widget.window().windowHandle()
        assert handle is not None
        return handle

    def _reached(self, widget: QWidget, at: QPoint) -> QPoint | None:
        """Where in its window a point of a widget can be touched; None where it is out of sight."""
        whole = widget.window()
        if not widget.isVisible() or not widget.isEnabled() or whole.windowHandle() is None:
            return None
        place = widget.mapTo(whole, at)
        hit = whole.childAt(place)
        return place if whole.rect().contains(place) and (hit is widget or widget.isAncestorOf(hit or whole)) else None

    def _click(self, widget: QWidget, at: QPoint | None = None, modifiers: Qt.KeyboardModifier = NONE,
               twice: bool = False) -> bool:
        place = self._reached(widget, widget.rect().center() if at is None else at)
        if place is None:
            return False
        click = QTest.mouseDClick if twice else QTest.mouseClick
        click(self._handle(widget), LEFT, modifiers, place)
        return True

    def _type(self, text: str) -> None:
        """Type into whatever has the keyboard."""
        for letter in text:
            focus = QApplication.focusWidget() or self._window
            if letter == "\n":
                QTest.keyClick(focus, Qt.Key.Key_Return)
            else:  # QTest knows the letters of ASCII only
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(focus, QKeyEvent(kind, 0, NONE, letter))

    def _key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.activePopupWidget() or QApplication.focusWidget() or self._window, key, modifiers)

    def _wheel(self, widget: QWidget, at: QPoint, turn: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        under = widget.childAt(at) or widget
        place = QPointF(under.mapFrom(widget, at))
        QApplication.sendEvent(under, QWheelEvent(
            place, under.mapToGlobal(place), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        ))

    def _close_popups(self) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()

    def _come_back(self) -> None:
        """Nothing stays in the way for long, and the window can always be used."""
        if self._any.random() < 0.8:
            self._close_popups()
        if self._any.random() < 0.5:
            for dialog in self._window.findChildren(QDialog):
                if dialog.isVisible():
                    dialog.close()
        if not self._window.isActiveWindow() and self._any.random() < 0.5:
            self._window.activateWindow()

    def _seen(self, kind: type[QWidget], inside: QWidget | None = None) -> list[QWidget]:
        found = (inside or self._window).findChildren(kind)
        return [w for w in found if self._reached(w, w.rect().center()) is not None]

    def _choose_in(self, menu: QMenu) -> None:
        """Take an entry of an open menu, or of one that it opens."""
        while menu is not None and menu.isVisible():
            entries = [a for a in menu.actions() if a.isEnabled() and not a.isSeparator() and a.isVisible()]
            entries = [a for a in entries if a.objectName() != "quit"]
            if not entries:
                return
            entry = self._any.choice(entries)
            self._tell(f"  takes {entry.text()!r}")
            deeper = entry.menu()
            QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(entry).center())
            QApplication.processEvents()
            menu = deeper if isinstance(deeper, QMenu) else None  # type: ignore[assignment]

    # ---- numbers ----------------------------------------------------------------------------------------------

    @property
    def _numbers(self) -> NumbersPanel:
        return panel_of(self._window, NumbersPanel)

    def _cell(self) -> tuple[CellView | QWidget, QPoint, str] | None:
        """A cell of a number table that can be touched."""
        names = list(self._window.store.problem.numbers)
        for _ in range(6):
            name = self._any.choice(names)
            if name not in self._numbers._tables:  # out of sight, it still has those of the problem before
                return None
            table = self._numbers.table(name).table
            rows, columns = table.spec.shape
            i, j = self._any.randrange(rows), self._any.randrange(columns)
            at = table.cell_area(i, j).center()
            if self._reached(table, at) is not None:
                return table, at, f"{name}[{i},{j}]"
        return None

    def _type_number(self) -> None:
        if (cell := self._cell()) is None:
            return
        table, at, name = cell
        text, twice = self._any.choice(NUMBERS), self._any.random() < 0.3
        end = self._any.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Backtab, None))
        self._tell(f"type {text} into {name}, {'' if end is None else end.name}")
        self._click(table, at, twice=twice)
        self._type(text)
        if end is not None:
            self._key(end)

    def _drag_number(self) -> None:
        if (cell := self._cell()) is None:
            return
        table, at, name = cell
        moves = [self._any.randint(-40, 40) for _ in range(self._any.randint(1, 5))]
        self._tell(f"drag {name} by {moves}")
        place, handle = self._reached(table, at), self._handle(table)
        assert place is not None
        QTest.mousePress(handle, LEFT, NONE, place)
        for by in moves:
            QTest.mouseMove(handle, QPoint(place.x(), min(max(0, place.y() - by), handle.height() - 1)))
            if self._any.random() < 0.5:
                QApplication.processEvents()
        if self._any.random() < 0.15:
            self._key(Qt.Key.Key_Escape)
        QTest.mouseRelease(handle, LEFT, NONE, place)

    def _turn_number(self) -> None:
        if (cell := self._cell()) is None:
            return
        table, at, name = cell
        turn, modifiers = self._any.choice((120, -120, 240, 15)), self._any.choice((NONE, SHIFT, ALT))
        self._tell(f"turn {name} by {turn}")
        self._click(table, at)
        for _ in range(self._any.randint(1, 4)):
            self._wheel(table, at, turn, modifiers)

    def _paste(self) -> None:
        if (cell := self._cell()) is None:
            return
        table, at, name = cell
        text = self._any.choice((*PASTED, ""))
        self._tell(f"copy, cut or paste {text!r} at {name}")
        self._click(table, at)
        if (other := self._cell()) is not None and other[0] is table:
            self._click(table, other[1], SHIFT)
        if text:
            QGuiApplication.clipboard().setText(text)
        else:
            self._key(Qt.Key.Key_C if self._any.random() < 0.6 else Qt.Key.Key_X, CTRL)
        self._key(Qt.Key.Key_V, CTRL)

    def _fill(self) -> None:
        if (cell := self._cell()) is None:
            return
        table, at, name = cell
        self._tell(f"menu of {name}")
        if self._any.random() < 0.5:
            self._click(table, at)
            if (other := self._cell()) is not None and other[0] is table:
                self._click(table, other[1], SHIFT)
        table.customContextMenuRequested.emit(at)
        if isinstance(menu := QApplication.activePopupWidget(), QMenu):
            self._choose_in(menu)
            if self._any.random() < 0.5:
                self._type(self._any.choice(NUMBERS))
                self._key(Qt.Key.Key_Return)

    def _box(self, box: SizeBox, texts: Sequence[str]) -> None:
        if not self._click(box, QPoint(8, box.height() // 2)):
            return
        match self._any.randrange(4):
            case 0:
                text = self._any.choice(texts)
                self._tell(f"  types {text!r}")
                box.selectAll()
                self._type(text)
                self._key(self._any.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab)))
            case 1:
                self._wheel(box, QPoint(8, 8), self._any.choice((120, -120)))
            case _:
                for _ in range(self._any.randint(1, 3)):
                    self._key(self._any.choice((Qt.Key.Key_Up, Qt.Key.Key_Down)))

    def _change_size(self) -> None:
        boxes = [w for w in self._seen(SizeBox, self._numbers.sizes) if isinstance(w, SizeBox)]
        if boxes:
            box = self._any.choice(boxes)
            self._tell(f"size {boxes.index(box)}, now {box.value()}")
            self._box(box, SIZES)

    def _change_seed(self) -> None:
        self._tell("seed")
        if self._any.random() < 0.5:
            self._key(Qt.Key.Key_R, CTRL)
        else:
            self._box(self._numbers.seed, SEEDS)

    # ---- the program ------------------------------------------------------------------------------------------

    def _type_program(self) -> None:
        editor = panel_of(self._window, ProgramPanel).listing
        at = QPoint(self._any.randint(2, max(3, editor.viewport().width() - 3)),
                    self._any.randint(2, max(3, editor.viewport().height() - 3)))
        line = self._any.choice(LINES)
        how = self._any.choice(("end", "end", "new line", "middle", "delete", "cut"))
        self._tell(f"program: {how} {line!r} at {at.x()}, {at.y()}")
        if not self._click(editor.viewport(), at):
            return
        match how:
            case "end":
                self._key(Qt.Key.Key_End)
                self._type(self._any.choice((" ", "", "\n")) + line)
            case "new line":
                self._key(Qt.Key.Key_End)
                self._type(f"\n{line}")
            case "middle":
                self._type(line[:4])
            case "delete":
                for _ in range(self._any.randint(1, 12)):
                    self._key(self._any.choice((Qt.Key.Key_Backspace, Qt.Key.Key_Backspace, Qt.Key.Key_Delete)))
            case _:
                self._key(Qt.Key.Key_Home)
                self._key(Qt.Key.Key_End, SHIFT)
                self._key(Qt.Key.Key_X, CTRL)
        match self._any.randrange(5):
            case 0:
                self._key(Qt.Key.Key_Space, CTRL)
                self._key(self._any.choice((Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Escape)))
                self._key(self._any.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))
            case 1 | 2:  # and mend it
                for _ in range(self._any.randint(1, 8)):
                    self._key(Qt.Key.Key_Z, CTRL)

    def _replace_program(self) -> None:
        editor = panel_of(self._window, ProgramPanel).listing
        text = self._any.choice(PROGRAMS)
        self._tell(f"program: all of it becomes {text!r}")
        if self._click(editor.viewport(), QPoint(40, 8)):
            self._key(Qt.Key.Key_A, CTRL)
            if text:
                QGuiApplication.clipboard().setText(text)
                self._key(Qt.Key.Key_V, CTRL)
            else:
                self._key(Qt.Key.Key_Backspace)

    # ---- looking ----------------------------------------------------------------------------------------------

    def _hover(self) -> None:
        panel = self._any.choice(self._window.docks.panels)
        at = QPoint(self._any.randint(0, max(0, panel.width() - 1)), self._any.randint(0, max(0, panel.height() - 1)))
        if (place := self._reached(panel, at)) is not None:
            self._tell(f"point at {panel.key} {at.x()}, {at.y()}")
            handle = self._handle(panel)
            for by in range(self._any.randint(1, 4)):
                there = place + QPoint(3 * by, by)
                QTest.mouseMove(handle, QPoint(min(there.x(), handle.width() - 1), min(there.y(), handle.height() - 1)))

    def _click_cell(self) -> None:
        panels = [panel_of(self._window, JacobiansPanel).equation, panel_of(self._window, CheckPanel).comparison]
        view = self._any.choice(panels)
        if not view.isVisible() or not view.matrices():
            return
        key, place = self._any.choice(list(view.matrices()))
        i, j = self._any.randrange(place.rows), self._any.randrange(place.columns)
        self._tell(f"click {key}[{i},{j}]")
        if self._click(view, view.cell_area(key, i, j).center()) and self._any.random() < 0.3:
            for _ in range(3):
                self._key(self._any.choice(KEYS[:6]), self._any.choice((NONE, NONE, ALT)))

    def _click_formula(self) -> None:
        page = panel_of(self._window, DerivationPanel).page
        views = [w for w in self._seen(FormulaView, page) if isinstance(w, FormulaView) and w.formula is not None]
        rows = [card.row for card in page.cards if self._reached(card.row, QPoint(4, 4)) is not None]
        if rows and self._any.random() < 0.5:
            row = self._any.choice(rows)
            self._tell(f"click step {rows.index(row)}")
            self._click(row, QPoint(4, 4))
        elif views:
            view = self._any.choice(views)
            at = QPoint(self._any.randrange(max(1, view.width())), view.height() // 2)
            self._tell(f"click formula {views.index(view)} at {at.x()}")
            self._click(view, at)

    def _click_something(self) -> None:
        """A button, wherever it is."""
        buttons = [w for kind in (QPushButton, QToolButton) for w in self._seen(kind)]
        panel = panel_of(self._window, JacobiansPanel)
        everything = [*buttons, panel.legend, panel_of(self._window, CheckPanel).list,
                      *self._seen(NoticeBar), panel_of(self._window, DerivationPanel).choice.form]
        widget = self._any.choice(everything)
        at = QPoint(self._any.randrange(max(1, widget.width())), self._any.randrange(max(1, widget.height())))
        said = widget.accessibleName() or (widget.text() if isinstance(widget, QPushButton) else "")
        self._tell(f"click {type(widget).__name__} {said!r} at {at.x()}, {at.y()}")
        self._click(widget, at)
        if isinstance(menu := QApplication.activePopupWidget(), QMenu):
            self._choose_in(menu)

    def _choose(self) -> None:
        """An entry of a list in a head, or in the tool bar."""
        lists = [w for w in self._seen(Choice) if isinstance(w, QComboBox) and w.count()]
        problems = [w for w in lists if w.accessibleName() == "Problem"]
        lists = [w for w in lists if w not in problems]
        if lists:
            self._choose_from(self._any.choice(lists))

    def _choose_from(self, box: QComboBox) -> None:
        row = self._any.randrange(box.count())
        self._tell(f"choose {box.itemText(row)!r} of {box.accessibleName()!r}")
        self._click(box)
        popup = QApplication.activePopupWidget()
        if popup is not None:
            view = box.view()
            view.scrollTo(box.model().index(row, 0))
            area: QRect = view.visualRect(box.model().index(row, 0))
            QTest.mouseClick(view.viewport(), LEFT, NONE, area.center())
        self._close_popups()

    def _press_key(self) -> None:
        key, modifiers = self._any.choice(KEYS), self._any.choice((NONE, NONE, NONE, SHIFT, CTRL, ALT))
        focus = QApplication.focusWidget()
        self._tell(f"key {key.name} {modifiers.name} on {type(focus).__name__}")
        for _ in range(self._any.randint(1, 3)):
            self._key(key, modifiers)

    def _scroll(self) -> None:
        panel = self._any.choice(self._window.docks.panels)
        if panel.isVisible() and panel.width() > 4 and panel.height() > 4:
            self._tell(f"scroll {panel.key}")
            at = QPoint(self._any.randrange(panel.width()), self._any.randrange(panel.height()))
            self._wheel(panel, at, self._any.choice((120, -120, -480)), self._any.choice((NONE, NONE, SHIFT)))

    def _release(self) -> None:
        self._tell("Esc, and away")
        self._key(Qt.Key.Key_Escape)
        QTest.mouseMove(self._handle(self._window), QPoint(2, 2))

    # ---- the window -------------------------------------------------------------------------------------------

    def _choose_variable(self) -> None:
        names = self._window.tool_bar.variables.keys
        if self._any.random() < 0.5:
            place = self._any.randint(1, 9)
            self._tell(f"Alt+{place}")
            self._key(Qt.Key(Qt.Key.Key_0.value + place), ALT)
        elif names and (button := self._window.tool_bar.variables.button(name := self._any.choice(names))) is not None:
            self._tell(f"by {name}")
            self._click(button)

    def _undo(self) -> None:
        times = self._any.choice((1, 1, 2, 3, 8))
        self._tell(f"undo {times}")
        for _ in range(times):
            self._key(Qt.Key.Key_Z, CTRL)

    def _redo(self) -> None:
        times = self._any.choice((1, 2, 8))
        self._tell(f"redo {times}")
        for _ in range(times):
            self._key(Qt.Key.Key_Y, CTRL)

    def _zoom(self) -> None:
        turn = self._any.choice((120, -120))
        panel = self._any.choice(self._window.docks.panels)
        look = self._window._look
        if panel.isVisible() and (turn < 0 or look.zoom < STEPS[6]):
            self._tell(f"zoom {turn} from {look.zoom}")
            self._wheel(panel, QPoint(5, 5), turn, CTRL)
        else:
            self._tell("usual size")
            self._key(Qt.Key.Key_0, CTRL)

    def _choose_theme(self) -> None:
        action = self._any.choice(list(self._commands("theme-light", "theme-dark", "theme-system")))
        self._tell(action.text())
        action.trigger()

    def _commands(self, *names: str) -> Iterator[QAction]:
        return (action for action in self._window.actions() if action.objectName() in names)

    def _docks(self) -> list[QDockWidget]:
        return self._window.findChildren(QDockWidget)

    def _toggle_dock(self) -> None:
        dock = self._any.choice(self._docks())
        self._tell(f"{'hide' if dock.isVisible() else 'show'} {dock.objectName()}")
        dock.toggleViewAction().trigger()

    def _move_dock(self) -> None:
        """As the end of dragging a head does it."""
        dock, other = self._any.sample(self._docks(), 2)
        how = self._any.choice(("float", "tab", "left", "right", "top", "bottom"))
        self._tell(f"{how} {dock.objectName()}, {other.objectName()}")
        if self._window.is_enlarged():
            self._key(Qt.Key.Key_F11)  # there nothing can be dragged
        match how:
            case "float":
                self._window.docks.head(dock.objectName()).float_wanted.emit()
            case "tab":
                if not (dock.isFloating() or other.isFloating() or dock.isHidden() or other.isHidden()):
                    self._window.tabifyDockWidget(other, dock)
            case _:
                area = {"left": Qt.DockWidgetArea.LeftDockWidgetArea, "right": Qt.DockWidgetArea.RightDockWidgetArea,
                        "top": Qt.DockWidgetArea.TopDockWidgetArea, "bottom": Qt.DockWidgetArea.BottomDockWidgetArea}
                if not dock.isHidden():
                    self._window.addDockWidget(area[how], dock)
                    dock.setFloating(False)

    def _drag_border(self) -> None:
        """Press beside a dock, where the border is, and move."""
        dock, by = self._any.choice(self._docks()), self._any.randint(-120, 120)
        if not dock.isVisible() or dock.isFloating():
            return
        at, across = self._any.choice((
            (QPoint(dock.geometry().right() + 2, dock.geometry().center().y()), QPoint(by, 0)),
            (QPoint(dock.geometry().left() - 2, dock.geometry().center().y()), QPoint(by, 0)),
            (QPoint(dock.geometry().center().x(), dock.geometry().top() - 2), QPoint(0, by)),
        ))
        if not self._window.rect().contains(at):
            return
        self._tell(f"drag the border of {dock.objectName()} by {by}")
        handle = self._handle(self._window)
        QTest.mouseMove(handle, at)
        QTest.mousePress(handle, LEFT, NONE, at)
        to = at + across
        to = QPoint(min(max(0, to.x()), handle.width() - 1), min(max(0, to.y()), handle.height() - 1))
        QTest.mouseMove(handle, to)
        QTest.mouseRelease(handle, LEFT, NONE, to)

    def _enlarge(self) -> None:
        self._tell("F11")
        self._key(Qt.Key.Key_F11)

    def _resize(self) -> None:
        width, height = self._any.randint(1024, 1700), self._any.randint(640, 1100)
        self._tell(f"resize to {width}×{height}")
        self._window.resize(width, height)

    def _put_panels_back(self) -> None:
        self._tell("put the panels back")
        for action in self._commands("panels-back"):
            action.trigger()

    # ---- documents --------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        self._person.answer = self._any.choice((Answer.DISCARD, Answer.DISCARD, Answer.SAVE, Answer.CANCEL))
        self._person.file = self._any.choice((None, *(self._folder / f"{name}.toml" for name in "abc")))
        name = None if self._person.file is None else self._person.file.name
        self._tell(f"  would answer {self._person.answer.value}, {name}")

    def _open_ready(self) -> None:
        self._decide()
        for box in self._seen(Choice, self._window.tool_bar):
            if box.accessibleName() == "Problem" and isinstance(box, QComboBox) and box.count():
                self._choose_from(box)

    def _save(self) -> None:
        self._tell("save")
        self._decide()
        self._key(Qt.Key.Key_S, self._any.choice((CTRL, CTRL | SHIFT)))

    def _open_file(self) -> None:
        self._tell("open")
        self._decide()
        if self._any.random() < 0.2 and self._person.file is not None:
            self._person.file.write_text('title = "broken"\nprogram = "x : ("\n')
        self._key(Qt.Key.Key_O, CTRL)

    def _dialog(self) -> None:
        key, modifiers = self._any.choice(((Qt.Key.Key_F1, NONE), (Qt.Key.Key_N, CTRL | SHIFT), (Qt.Key.Key_E, CTRL)))
        self._tell(f"dialog of {key.name}")
        self._decide()
        self._key(key, modifiers)
        QApplication.processEvents()
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                inside = [w for kind in (QPushButton, SizeBox, Choice) for w in self._seen(kind, dialog)]
                for widget in self._any.sample(inside, min(3, len(inside))):
                    if isinstance(widget, SizeBox):
                        self._box(widget, ("1", "2", "3", "0", "99"))
                    elif isinstance(widget, QComboBox) and widget.count():
                        self._choose_from(widget)
                    elif isinstance(widget, QPushButton):
                        self._tell(f"  presses {widget.text()!r}")
                        self._click(widget)
