"""Recorded answers of real trackers, read and normalised by the real code."""
