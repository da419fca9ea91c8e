"""Cases: one record, one vendor fact, and what the normaliser makes of it."""
