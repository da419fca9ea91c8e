"""PULL: reads the trackers. Knows nothing of the model, the store or the API."""
