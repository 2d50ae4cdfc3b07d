"""The FPGA hand-over of a bundle: tables, a SystemVerilog package, golden words, a README."""
