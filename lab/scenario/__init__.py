"""From YAML to frozen values, with all complaints at once."""
