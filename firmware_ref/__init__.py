"""The firmware reference: what a DSP or FPGA team takes home. The Python here imports NumPy and nothing of pimdeploy."""
