"""What the theorems say: statements, their evaluation and their inversion."""
