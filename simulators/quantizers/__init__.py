"""Maps from actions to a finite codebook: uniform bins, published tokenizers, learned codebooks and traps."""
