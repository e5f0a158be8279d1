"""The language: text to expressions, and expressions to text, Typst, LaTeX and NumPy."""
