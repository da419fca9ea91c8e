"""Complaints of users of such systems, each answered by a test that is named after its number."""
