"""Measures the sync and the normalisers: not part of the distribution, run by ``make bench-sync``."""
