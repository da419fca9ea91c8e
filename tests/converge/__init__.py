"""Seeded histories of a whole installation among faults, and what must be true of each at every moment."""
