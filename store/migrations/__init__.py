"""The schema's history. Each step runs on both databases, from code, when a store is opened."""
