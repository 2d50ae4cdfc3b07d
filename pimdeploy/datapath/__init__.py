"""The fixed-point datapath: formats, node kinds, graph, bounds, lowering. Imports no torch."""
