"""KEEP: the only SQL. Idempotent writes, rolled-up figures, and one query layer that nothing goes around."""
