"""Captures, scenarios and bands."""
