"""From YAML to frozen values, with all complaints at once (DESIGN 3 and 4)."""
