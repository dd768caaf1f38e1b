"""One module a file format; every reader gives the same pieces."""
