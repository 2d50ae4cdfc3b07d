"""Losses, solvers and metrics."""
