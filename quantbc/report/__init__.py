"""One self-contained HTML page: bounds, checks, plots."""
