"""Scenarios as a planner states them: carriers in bands, powers, sources, receivers. docs/scenarios.md lists the keys."""
