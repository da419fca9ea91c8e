"""SET: what is set (settings) and what is built from it (wiring)."""
