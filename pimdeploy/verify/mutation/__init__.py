"""Faults put into a bundle's files on purpose, to see that the proof finds each and names its node (docs/mutation.md)."""
