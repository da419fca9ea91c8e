"""REASON: pure functions over the model."""
