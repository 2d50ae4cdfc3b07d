"""A bundle against a golden set: its files, and the golden vectors on every backend."""
