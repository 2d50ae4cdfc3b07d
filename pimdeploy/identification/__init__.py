"""The LMS rules of papers/003 as a streaming identifier; NumPy alone does the arithmetic."""
