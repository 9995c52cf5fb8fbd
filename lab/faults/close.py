"""The fault `close`: ended, with a FIN."""

from typing import ClassVar

from lab.actions import End
from lab.faults.base import FAULTS
from lab.faults.ending import EndingFault


@FAULTS.kind("close")
class Close(EndingFault):
    """The connection is closed in good order (FIN) before, within or after a message; the peer reads end of file.

    Example:
        - close: {flow: ts1->ls, point: before, message: 1}
    """

    how: ClassVar[End] = "fin"
    verb: ClassVar[str] = "closed"
