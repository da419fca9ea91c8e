"""MAP: turns records into the common model. Pure: no clock, no network, no store."""
