"""Why the theorems hold: proofs checked by machine, and attempts to break them."""
