"""Links: a door that mirrors its server, and a proxy for every connection made there.

The proxy hands on what the kernel did: FIN as FIN, RST as RST, a half-close as a half-close. What happens to the
bytes between is the pipeline's.
"""

from collections.abc import Callable, Iterable

from lab.effects import Effect
from lab.runner.stage import Stage
from lab.world.base import Door, End, Wire

FULL = 1 << 20
LOOK_AGAIN = 0.010
Apply = Callable[[Iterable[Effect], float], None]


class Connection:
    """One accepted connection of a link: `near` is the dialler's end, `far` the server's."""

    def __init__(self, number: int, link: "Link", near: Wire) -> None:
        self.number = number
        self.near: Wire = near
        self.far: Wire | None = None
        self.out, self.back = link.name, link.reverse
        self.ended: set[str] = set()
        self._link = link

    def receiver(self, flow: str) -> Wire | None:
        """The wire on which a flow's bytes are written."""
        return self.far if flow == self.out else self.near

    def sender(self, flow: str) -> Wire | None:
        """The wire from which a flow's bytes are read."""
        return self.near if flow == self.out else self.far

    def join(self, far: Wire | None) -> None:
        """The server's end stands, or could not be had: then the dialler sees a reset, as no proxy can refuse late."""
        if far is not None and self.number not in self._link.connections:
            far.reset()
            return
        if far is None:
            self.near.reset()
            self._link.forget(self, "rst")
            return
        self.far = far
        self.near.listen_to(*self._hearers(self.out))
        far.listen_to(*self._hearers(self.back))

    def _hearers(self, flow: str) -> tuple[Callable[[bytes, float], None], Callable[[End, float], None]]:
        return (
            lambda data, at: self._link.on_data(self, flow, data, at),
            lambda how, at: self._link.on_end(self, flow, how, at),
        )

    def shut(self, how: End) -> None:
        """End both directions."""
        for wire in (self.near, self.far):
            if wire is not None and how == "rst":
                wire.reset()
            elif wire is not None:
                wire.close()


class Link:
    """The TCP path that one party dials to one server.

    Args:
        name: As it is dialled, `ls->ts1`.
    """

    def __init__(self, stage: Stage, name: str, apply: Apply) -> None:
        self.name = name
        self.dialler, self.server = name.split("->")
        self.reverse = f"{self.server}->{self.dialler}"
        self.connections: dict[int, Connection] = {}
        self._stage = stage
        self._apply = apply
        self._door: Door = stage.world.reserve()
        self.address: tuple[str, int] | None = None
        self._refusals: set[str] = set()
        self._state = "refusing"
        stage.world.receive(self._door, self._dialled)

    @property
    def port(self) -> int:
        """The door's port."""
        return self._door.port

    def mirror(self, address: tuple[str, int] | None) -> None:
        """The server listens there, or no more."""
        self.address = address
        self._set_door()

    def refuse(self, fault: str, *, refusing: bool) -> None:
        """A fault refuses dials, or does so no more."""
        (self._refusals.add if refusing else self._refusals.discard)(fault)
        self._set_door()

    def _set_door(self) -> None:
        state = "open" if self.address and not self._refusals else "refusing"
        if state == self._state:
            return
        self._state = state
        (self._door.open if state == "open" else self._door.refuse)()
        self._stage.record("door", link=self.name, state=state)

    def _dialled(self, wire: Wire) -> None:
        if self.address is None:
            wire.reset()
            return
        connection = Connection(self._stage.new_conn(), self, wire)
        self.connections[connection.number] = connection
        self._stage.record("dialled", link=self.name, conn=connection.number)
        self._stage.pipeline.dialled(connection.number, self.name)
        self._stage.world.dial(*self.address, connection.join)

    def on_data(self, connection: Connection, flow: str, data: bytes, at: float) -> None:
        """Bytes of a flow: into the pipeline, and what comes out is performed."""
        self._apply(self._stage.pipeline.arrived(connection.number, flow, data, at), at)
        self._hold_back(connection, flow)

    def _hold_back(self, connection: Connection, flow: str) -> None:
        """Stop reading a flow whose receiver does not keep up; look again until it does."""
        receiver, sender = connection.receiver(flow), connection.sender(flow)
        if receiver is None or sender is None or connection.number not in self.connections:
            return
        full = receiver.unsent + self._stage.pipeline.queued(connection.number, flow) > FULL
        sender.mute(full)
        if full:
            again = self._stage.world.now() + LOOK_AGAIN
            self._stage.later(again, lambda: self._hold_back(connection, flow))

    def on_end(self, connection: Connection, flow: str, how: End, at: float) -> None:
        """A flow's sender ended."""
        if connection.number not in self.connections:
            return
        self._stage.record("arrived", at, flow=flow, conn=connection.number, what=how, n=0, text="", name="")
        self._apply(self._stage.pipeline.ended(connection.number, flow, how, at), at)

    def forget(self, connection: Connection, how: End) -> None:
        """A connection is over in both directions."""
        if self.connections.pop(connection.number, None):
            connection.shut(how)
            self._apply(self._stage.pipeline.gone(connection.number), self._stage.world.now())

    def close(self) -> None:
        """The scenario is over."""
        for connection in list(self.connections.values()):
            connection.shut("rst")
        self.connections.clear()
        self._door.close()
