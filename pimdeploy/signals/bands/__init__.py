"""Paired bands, and which products of which carriers fall into which receiver (papers/002, clauses 5.2, 5.3 and 6.1)."""
