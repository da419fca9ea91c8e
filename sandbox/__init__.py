"""The trackers themselves as real HTTP servers on loopback. Imports nothing of ours."""
