"""The fault `reset`: ended, with a RST."""

from typing import ClassVar

from lab.actions import End
from lab.faults.base import FAULTS
from lab.faults.ending import EndingFault


@FAULTS.kind("reset")
class Reset(EndingFault):
    """The connection is reset (RST) before, within or after a message; the peer's next read fails with ECONNRESET.

    Example:
        - reset: {flow: ts1->ls, point: within, bytes: 8}
    """

    how: ClassVar[End] = "rst"
    verb: ClassVar[str] = "reset"
