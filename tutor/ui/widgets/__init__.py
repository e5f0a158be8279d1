"""Widgets that know nothing of the tutor: cells, tables, formulas, charts."""
