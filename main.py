"""Starts the program: the window, or one of the commands that need none."""

from tutor.cli import main

raise SystemExit(main())
