"""The few shapes a diagram is made of, as SVG text; colours are the page's, by class."""

from functools import lru_cache
from html import escape

from lab.reporters.text import one_line

GRAIN = 1
"""Digits kept of a coordinate: a tenth of a pixel."""


@lru_cache(4096)  # an x stands in many rows, and a y in most shapes of its row
def number(value: float) -> str:
    """A coordinate in pixels, as short as it can be: `12`, `12.5`."""
    return f"{value:.{GRAIN}f}".removesuffix(".0")


@lru_cache(1024)  # names and times stand in many rows
def safe(text: str, limit: int = 300) -> str:
    """Foreign text for an element or an attribute: visible, on one line, capped, escaped."""
    return escape(one_line(text, limit))


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A straight line."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line class="{kind}" {ends}/>'


def rect(kind: str, x: float, y: float, width: float, height: float, *, radius: float = 0) -> str:
    """A rectangle by its upper left corner."""
    size = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect class="{kind}" {size}' + (f' rx="{number(radius)}"/>' if radius else "/>")


def path(kind: str, steps: str) -> str:
    """A path."""
    return f'<path class="{kind}" d="{steps}"/>'


def text(kind: str, x: float, y: float, words: str, turn: int = 0) -> str:
    """Words at a place, escaped; `turn` degrees clockwise about it."""
    turned = f' transform="rotate({turn} {number(x)} {number(y)})"' if turn else ""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}"{turned}>{safe(words)}</text>'


def group(title: str, shapes: list[str]) -> str:
    """Shapes that show a title when pointed at."""
    return f"<g><title>{safe(title)}</title>{''.join(shapes)}</g>"


def cross(kind: str, x: float, y: float, size: float = 5) -> str:
    """Two strokes through a place."""
    left, right, top, low = (number(value) for value in (x - size, x + size, y - size, y + size))
    return path(kind, f"M{left} {top}L{right} {low}M{right} {top}L{left} {low}")


def dot(kind: str, x: float, y: float, size: float = 3.5) -> str:
    """A filled dot."""
    return f'<circle class="{kind}" cx="{number(x)}" cy="{number(y)}" r="{number(size)}"/>'


def head(kind: str, x: float, y: float, dx: float, dy: float, *, size: float = 7) -> str:
    """An arrow's head at a place, pointing along (dx, dy)."""
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length * size, dy / length * size
    left = f"{number(x - ux - uy / 2)} {number(y - uy + ux / 2)}"
    right = f"{number(x - ux + uy / 2)} {number(y - uy - ux / 2)}"
    return path(kind, f"M{number(x)} {number(y)}L{left}L{right}z")
