"""The demo against the truth of its own story."""
