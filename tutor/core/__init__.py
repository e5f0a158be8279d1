"""Expressions, programs, problems and their numbers: NumPy only."""
