"""The benchmarks run to their end on a small dataset, and count rightly."""
