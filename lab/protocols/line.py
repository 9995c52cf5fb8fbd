r"""Protocol `line`: a message is a line of text ended by `\n`; a `\r` before it is no part of the text."""

from lab.protocols.base import PROTOCOLS
from lab.protocols.lines import Lines


@PROTOCOLS.kind("line")
class Line(Lines):
    """One message a line."""
