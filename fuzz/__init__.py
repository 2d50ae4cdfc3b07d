"""Fuzzing of every reader of a file that a user, or somebody else, may have written: docs/fuzzing.md. `make fuzz`."""
