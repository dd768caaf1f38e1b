"""Results as lines of tables: what the command line prints and the report shows."""
