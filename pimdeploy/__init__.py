"""From a PIM capture to a bit-exact, deployable canceller."""

__version__ = "0.1.0"
