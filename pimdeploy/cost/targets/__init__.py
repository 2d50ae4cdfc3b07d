"""Devices as facts: one TOML file each, every figure with its source (docs/budgets.md)."""
