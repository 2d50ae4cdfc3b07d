"""Stimuli, backends and comparison: the proof."""
