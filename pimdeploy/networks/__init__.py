"""PyTorch models, one file a family; each is written once, float and quantized."""
