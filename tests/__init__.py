"""Tests: real servers on loopback, real SQLite, real PostgreSQL, a clock that is handed in."""
