"""One module a theorem or group of lemmas; each has a function `proof` or `proofs`."""
