"""Problem files: a TOML document read into frozen, validated specifications."""
