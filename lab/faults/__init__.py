"""The kinds of fault, one file each; `lab.faults.base` has what they share."""
