"""The normalisers on records written by hand."""
