"""The backends of a proof: one module a way of computing the datapath."""
