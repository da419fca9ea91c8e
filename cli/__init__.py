"""The command tspmo: an entry point, thin."""
