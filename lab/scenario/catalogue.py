"""Where the lab's own scenarios are: in its package, or, in a checkout, in the folder beside it."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
PACKED, BESIDE = PACKAGE / "catalogue", PACKAGE.parent / "scenarios"
RUBRIC = "rubric.yaml"


def catalogue() -> Path:
    """The folder with the lab's own scenarios, and its rubric."""
    return PACKED if PACKED.is_dir() else BESIDE


def default_rubric() -> Path:
    """The rubric that is used where none is named."""
    return catalogue() / RUBRIC
