"""Transmit waveforms as complex envelopes: modulation, crest-factor reduction, precoding, placement at any sample rate."""
