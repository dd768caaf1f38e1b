"""How the theorems look: bound against measurement."""
