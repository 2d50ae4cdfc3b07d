"""The C99 part of a bundle: tables, kernel, harness, and optional stages in instructions of their own."""
