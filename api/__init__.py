"""SERVE: the FastAPI service under /v1."""
