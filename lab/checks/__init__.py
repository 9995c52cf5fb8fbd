"""The kinds of check, one file each; `lab.checks.base` has what they share."""
