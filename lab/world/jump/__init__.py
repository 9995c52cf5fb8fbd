"""The jump world: real, unmodified processes whose time jumps whenever all of them sleep."""
