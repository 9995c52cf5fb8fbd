"""The kinds of protocol, one file each; `lab.protocols.base` has what they share."""
