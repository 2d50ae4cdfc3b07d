"""What the integers of a node can be: proven from the graph, never met by a signal."""
