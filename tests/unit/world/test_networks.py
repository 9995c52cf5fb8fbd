"""Networks of programs' own: one port for two, dials and doors in each, and nothing of them left."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from lab.errors import LabTrouble
from lab.world.base import Door, Network, Program, Transport, Wire
from lab.world.jump.world import JumpWorld
from lab.world.real import isolation, stock
from lab.world.real.nursery.networks import Networks
from lab.world.real.ports import HOST
from lab.world.real.world import RealWorld

PORT = 50008
pytestmark = pytest.mark.skipif(bool(isolation.refusal()), reason=isolation.refusal())
TCP = """
import socket, sys
door = socket.socket()
door.bind(({host!r}, {port}))
door.listen()
while True:
    made = door.accept()[0]
    made.sendall({says!r})
    made.close()
"""
UDP = """
import socket
door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
door.bind(({host!r}, {port}))
while True:
    door.sendto({says!r}, door.recvfrom(100)[1])
"""


@pytest.fixture(params=[RealWorld, JumpWorld])
def world(request: pytest.FixtureRequest) -> Iterator[RealWorld]:
    made = request.param()
    yield made
    made.close()
    assert made.bugs == []


class Cast:
    """Programs that each have a network, and say their name to who dials them."""

    def __init__(self, world: RealWorld, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.wires: list[Wire] = []

    async def __aenter__(self) -> Self:
        self.troupe = await self.world.troupe(self.folder)
        return self

    async def __aexit__(self, *_: object) -> None:
        for wire in self.wires:
            wire.reset()
        await self.troupe.end()

    async def listening(
        self, name: str, *, host: str = HOST, over: Transport = "tcp", network: Network | None = None
    ) -> tuple[Network, str]:
        """Its network, and the address at which it is found to listen."""
        network = network or await self.troupe.network(name)
        script = self.folder / f"{name}.py"
        script.write_text((TCP if over == "tcp" else UDP).format(host=host, port=PORT, says=name.encode()), "utf-8")
        found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        printed: list[bytes] = []
        program = Program(name, (sys.executable, str(script)), self.folder, PORT)
        network.watch(PORT, lambda address: found.set_result(address) if address and not found.done() else None, over)
        process = await self.troupe.start(
            program,
            lambda _, data: printed.append(data),
            lambda status: None if found.done() else found.set_exception(LabTrouble(f"{status} {printed}")),
        )
        self.pid = process.pid
        return network, await found

    async def dialled(self, network: Network, host: str, port: int = PORT, over: Transport = "tcp") -> Wire | None:
        made: asyncio.Future[Wire | None] = asyncio.get_running_loop().create_future()
        network.dial(host, port, made.set_result, over)
        wire = await made
        self.wires += [wire] if wire else []
        return wire

    def door(self, network: Network) -> Door:
        """One at which whoever dials is let in."""
        door = network.reserve(port=PORT)
        self.world.receive(door, self.wires.append)
        return door


async def heard(wire: Wire | None) -> bytes:
    assert wire is not None
    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    wire.listen_to(lambda data, _: came.set_result(data), lambda *_: None)
    return await came


def test_two_programs_listen_on_one_port_and_each_is_dialled_in_its_own_network(world: RealWorld) -> None:
    async def act() -> list[bytes]:
        async with Cast(world, world.scratch / "it") as cast:
            one, other = [await cast.listening(name) for name in ("one", "other")]
            return [await heard(await cast.dialled(network, address)) for network, address in (one, other, one)]

    assert world.run(act()) == [b"one", b"other", b"one"]


def test_what_listens_in_a_network_is_not_seen_in_that_of_the_machine(world: RealWorld) -> None:
    async def act() -> Wire | None:
        async with Cast(world, world.scratch / "it") as cast:
            await cast.listening("one")
            assert world.is_free(PORT)
            return await cast.dialled(world, HOST)

    assert world.run(act()) is None


def test_datagrams_come_to_a_program_in_its_network(world: RealWorld) -> None:
    async def act() -> bytes:
        async with Cast(world, world.scratch / "it") as cast:
            network, address = await cast.listening("one", over="udp")
            wire = await cast.dialled(network, address, over="udp")
            assert wire is not None
            wire.write(b"?")
            return await heard(wire)

    assert world.run(act()) == b"one"


@pytest.mark.parametrize("address", isolation.addresses()[:1] or ["127.0.1.1"])
def test_a_program_may_bind_the_addresses_of_the_machine(world: RealWorld, address: str) -> None:
    async def act() -> tuple[str, bytes]:
        async with Cast(world, world.scratch / "it") as cast:
            network, found = await cast.listening("one", host=address)
            return found, await heard(await cast.dialled(network, found))

    assert world.run(act()) == (address, b"one")


def test_a_door_in_a_network_lets_in_and_refuses_also_after_it_was_silent(world: RealWorld) -> None:
    async def act() -> list[bool]:
        async with Cast(world, world.scratch / "it") as cast:
            network = await cast.troupe.network("one")
            door, answers = cast.door(network), []
            for changes in ([], [door.open], [door.silence, door.open], [door.refuse]):
                for change in changes:
                    change()
                answers.append(await cast.dialled(network, HOST) is not None)
            door.close()
            return answers

    assert world.run(act()) == [False, True, True, False]


def test_a_hundred_dials_at_once_are_more_than_there_are_sockets_in_stock(world: RealWorld) -> None:
    async def act() -> int:
        async with Cast(world, world.scratch / "it") as cast:
            network = await cast.troupe.network("one")
            door = cast.door(network)
            door.open()
            wires = await asyncio.gather(*(cast.dialled(network, HOST) for _ in range(100)))
            door.close()
            return sum(wire is not None for wire in wires)

    assert stock.STOCK < 50
    assert world.run(act()) == 100


def test_a_port_that_is_taken_in_a_network_is_the_labs_trouble() -> None:
    world = RealWorld()

    async def act() -> None:
        async with Cast(world, world.scratch / "it") as cast:
            network = await cast.troupe.network("one")
            door = network.reserve(port=PORT)
            try:
                network.reserve(port=PORT)
            finally:
                door.close()

    with pytest.raises(LabTrouble, match=f"port {PORT} cannot be had in a program's own network"):
        world.run(act())
    world.close()


def test_the_networks_of_a_scenario_are_gone_with_it_and_the_next_has_new_ones(world: RealWorld) -> None:
    seen: list[int] = []

    async def act() -> None:
        for name in ("first", "second"):
            async with Cast(world, world.scratch / name) as cast:
                await cast.listening("one")
                seen.append(place_of(cast.pid))
                assert cast.pid in inhabitants(seen[-1])
            keeper = cast.troupe.keeper.result()
            assert [pid for pid in inhabitants(seen[-1]) if pid != keeper] == []

    world.run(act())
    assert place_of(os.getpid()) not in seen


def place_of(pid: int) -> int:
    return Path(f"/proc/{pid}/ns/net").stat().st_ino


def inhabitants(place: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found += [int(entry.name)] * (place_of(int(entry.name)) == place)
            except OSError:
                continue
    return found


def test_a_machine_that_refuses_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Networks, "make", refused)
    isolation.refusal.cache_clear()
    said = isolation.refusal()
    isolation.refusal.cache_clear()
    assert said == "network namespaces cannot be made: [Errno 1] Operation not permitted"
