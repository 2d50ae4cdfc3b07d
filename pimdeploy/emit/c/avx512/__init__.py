"""The optional stages of a canceller in AVX-512 instructions, <name>_avx512.h (docs/c_kernel.md)."""
