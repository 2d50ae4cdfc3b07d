"""Signals that reach the corners of a graph, and what signals reach."""
