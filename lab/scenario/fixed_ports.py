"""What is wrong with what a profile says of ports that servers always have, and of who dials these untold."""

from collections.abc import Callable, Iterator

from lab.errors import Complaint
from lab.scenario.document import Document, Spot
from lab.scenario.profile_shapes import ProfileShape
from lab.scenario.references import unknown


def port_complaints(document: Document, shape: ProfileShape, port_of: Callable[[str], int]) -> Iterator[Complaint]:
    """All of it, in no order.

    Args:
        document: The profile.
        shape: What it says.
        port_of: The port that a server always has, 0 if it has none.
    """
    for name, server in shape.servers.items():
        for index, peer in enumerate(server.dials or ()):
            spot: Spot = ("servers", name, "dials", index)
            before = (server.dials or ())[:index]
            if peer not in shape.servers:
                yield document.complain(spot, *unknown("server", peer, shape.servers))
                continue
            for what, cure in _dialled(name, peer, before, port_of):
                yield document.complain(spot, what, cure)


def _dialled(name: str, peer: str, before: tuple[str, ...], port_of: Callable[[str], int]) -> Iterator[tuple[str, str]]:
    """What keeps a server from dialling a peer without being told."""
    port = port_of(peer)
    same = next((other for other in (name, *before) if port_of(other) == port), "")
    if peer in (name, *before):
        yield f"{name} dials {peer}" + (" itself" if peer == name else " twice"), f"leave out {peer}"
    elif not port:
        what = f"{peer} has no port that it always has, so {name} must be told where it is"
        yield what, f"give {peer} its port:, or write {{{peer}.port}} into the command of {name}"
    elif same:
        what = f"{peer} always listens on {port}, as {same} does, so {name} could not tell them apart"
        yield what, f"write {{{peer}.port}} into the command of {name}, if it heeds that, or change a port"
