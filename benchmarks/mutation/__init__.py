"""Mutation testing of the reference LS; `benchmarks/mutants.py` is where it is started."""
