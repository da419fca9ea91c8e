"""CONVERGE: makes the store equal to the trackers. Clock and transport are handed in."""
