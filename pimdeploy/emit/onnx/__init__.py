"""The ONNX files of a bundle: float32, QDQ, QONNX, integers; whole signals and streams."""
