"""Links: a door that mirrors its server, and a proxy for every connection made there.

The proxy hands on what the kernel did: FIN as FIN, RST as RST, a half-close as a half-close. What happens to the
bytes between is the pipeline's.
"""

from collections.abc import Callable, Iterable

from lab.actions import DoorState
from lab.effects import Effect
from lab.errors import LabTrouble
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
        for flow in (self.out, self.back):
            if self._link.deaf[flow]:
                self._link.hear_or_not(self, flow)

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
    """The path that one party dials to one server.

    Args:
        name: As it is dialled, `ls->ts1`.
        port: The door's, if it is to have a certain one.
    """

    def __init__(self, stage: Stage, name: str, apply: Apply, port: int = 0) -> None:
        self.name = name
        self.dialler, self.server = name.split("->")
        self.reverse = f"{self.server}->{self.dialler}"
        self.connections: dict[int, Connection] = {}
        self._stage = stage
        self._apply = apply
        self._door: Door = stage.network(self.dialler).reserve(stage.transport(self.dialler), port)
        self.address: tuple[str, int] | None = None
        self.deaf: dict[str, set[str]] = {name: set(), self.reverse: set()}
        self.on_closing: Callable[[int], None] = lambda _conn: None
        self._holds: dict[str, tuple[DoorState, End]] = {}
        self._state: DoorState = "refusing"
        self._leaving: list[Wire] = []
        stage.world.receive(self._door, self._dialled)

    @property
    def port(self) -> int:
        """The door's port."""
        return self._door.port

    def mirror(self, address: tuple[str, int] | None) -> None:
        """The server listens there, or no more."""
        self.address = address
        self._set_door()

    def hold(self, fault: str, state: DoorState, how: End = "fin") -> None:
        """A fault holds the door in a state; with `open` it does so no more."""
        self._holds.pop(fault, None)
        if state != "open":
            self._holds[fault] = state, how
        self._set_door()

    def _set_door(self) -> None:
        """The fault that came last decides; without any the door mirrors its server."""
        mirrored: DoorState = "open" if self.address else "refusing"
        state = next((state for state, _ in reversed(self._holds.values())), mirrored)
        if state == self._state:
            return
        self._state = state
        try:
            {"refusing": self._door.refuse, "silent": self._door.silence}.get(state, self._door.open)()
        except OSError as error:  # some program listens there: of this scenario, or of another
            what = f"port {self.port}, which the lab holds for {self.name}, was taken by some program"
            self._stage.on_trouble(LabTrouble(f"{what}: {error.strerror}"))
            return
        self._stage.record("door", link=self.name, state=state)

    def _close_at_once(self, wire: Wire) -> None:
        """Accepted, and ended: with FIN its bytes are read and thrown away, as unread bytes would make it a RST."""
        number = self._stage.new_conn()
        self._stage.record("dialled", link=self.name, conn=number)
        how = next(how for _, how in reversed(self._holds.values()))
        if how == "rst":
            wire.reset()
        else:
            self._leaving.append(wire)
            wire.listen_to(lambda _data, _at: None, lambda _how, _at: wire.close())
            wire.finish()
        self.on_closing(number)

    def _dialled(self, wire: Wire) -> None:
        if self._state == "closing":
            self._close_at_once(wire)
            return
        if self.address is None:
            wire.reset()
            return
        connection = Connection(self._stage.new_conn(), self, self._stage.spoken(wire, self.dialler))
        self.connections[connection.number] = connection
        self._stage.record("dialled", link=self.name, conn=connection.number)
        ordered = "udp" not in (self._stage.transport(self.dialler), self._stage.transport(self.server))
        self._stage.pipeline.dialled(connection.number, self.name, is_ordered=ordered)
        over = self._stage.transport(self.server)
        network = self._stage.network(self.server)
        network.dial(*self.address, lambda far: connection.join(far and self._far(far, connection.near)), over)

    def _far(self, wire: Wire, near: Wire) -> Wire:
        """The server's end; what a client is to hear of it beside lines goes to the client's end."""
        is_client = self._stage.profile.server(self.dialler) is None
        return self._stage.spoken(wire, self.server, (self.dialler, near) if is_client else None)

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
        sender.mute(full or bool(self.deaf[flow]))
        if full:
            again = self._stage.world.now() + LOOK_AGAIN
            self._stage.later(again, lambda: self._hold_back(connection, flow))

    def deafen(self, fault: str, flow: str, *, deaf: bool) -> None:
        """A fault has a flow not read any more, or, as far as it is concerned, read again."""
        (self.deaf[flow].add if deaf else self.deaf[flow].discard)(fault)
        for connection in self.connections.values():
            self.hear_or_not(connection, flow)

    def hear_or_not(self, connection: Connection, flow: str) -> None:
        """Read a connection's flow, or not, as the faults want it."""
        sender = connection.sender(flow)
        is_deaf = bool(self.deaf[flow])
        if sender is not None:
            if is_deaf:
                sender.narrow()
            sender.mute(is_deaf)

    def unread(self, flow: str) -> list[int]:
        """The connections on which a flow's sender has sent what was not read."""
        pairs = ((connection.number, connection.sender(flow)) for connection in self.connections.values())
        return [number for number, wire in pairs if wire is not None and wire.unread]

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
        for wire in self._leaving:
            wire.close()
        self.connections.clear()
        self._door.close()
