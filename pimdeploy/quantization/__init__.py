"""Brevitas quantizers on constant power-of-two grids, and calibration."""
