"""Marking a learner's formula: how it is read, what it is worth, and the smallest edit that makes it right."""

from tutor.marking.marks import Edited, Marking, Repair, mark

__all__ = ["Edited", "Marking", "Repair", "mark"]
