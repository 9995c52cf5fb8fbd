"""Ports that no two labs share, doors that keep theirs, wires that end as they are told."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator

import pytest

from lab.world.base import Wire
from lab.world.real import ports as ports_module
from lab.world.real.listening import listeners
from lab.world.real.ports import BLOCK, FOR_OTHERS, Ports
from lab.world.real.world import RealWorld


@pytest.fixture
def world() -> Iterator[RealWorld]:
    made = RealWorld()
    yield made
    made.close()


async def dialled(world: RealWorld, port: int) -> Wire | None:
    made: asyncio.Future[Wire | None] = asyncio.get_running_loop().create_future()
    world.dial("127.0.0.1", port, made.set_result)
    return await made


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other lab of this machine, as far as blocks go."""
    monkeypatch.setattr(ports_module, "CLAIM", f"fault-lab-test-{os.getpid()}-")


@pytest.mark.usefixtures("alone")
def test_no_port_is_given_out_twice_in_a_row_of_blocks() -> None:
    ports = Ports(enough=1000)
    given = [ports.free() for _ in range(3 * BLOCK)]
    ports.close()
    assert len(set(given)) == len(given)


def test_two_labs_share_no_port() -> None:
    one, other = Ports(), Ports()
    ours, theirs = ({ports.free() for _ in range(2 * BLOCK)} for ports in (one, other))
    one.close()
    other.close()
    assert not ours & theirs


@pytest.mark.usefixtures("alone")
def test_a_lab_that_goes_on_for_long_leaves_blocks_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports_module, "BLOCK", 10)
    monkeypatch.setattr(ports_module, "LAST", ports_module.FIRST + 51 * 10)
    greedy = Ports(enough=1000)
    given = {greedy.free() for _ in range(60 * 10)}
    others = [Ports() for _ in range(FOR_OTHERS)]
    for ports in (greedy, *others):
        ports.close()
    assert len(given) > 30 * 10


def test_ports_lie_below_the_ephemeral_range() -> None:
    ports = Ports()
    given = [ports.free() for _ in range(BLOCK)]
    ports.close()
    assert all(10000 <= port < 32768 for port in given)


def test_a_door_refuses_opens_and_refuses_again_on_one_port(world: RealWorld) -> None:
    async def knock() -> list[bool]:
        door = world.reserve()
        world.receive(door, lambda wire: wire.close())
        answers = []
        for is_open in (False, True, False, True):
            (door.open if is_open else door.refuse)()
            wire = await dialled(world, door.port)
            answers.append(wire is not None)
            if wire is not None:
                wire.close()
        door.close()
        return answers

    assert world.run(knock()) == [False, True, False, True]


def test_a_door_opens_again_although_its_connections_still_stand(world: RealWorld) -> None:
    async def knock() -> bool:
        door = world.reserve()
        accepted: list[Wire] = []
        world.receive(door, accepted.append)
        wires = []
        for _ in range(2):
            door.open()
            wires.append(await dialled(world, door.port))
            while len(accepted) < len(wires):  # noqa: ASYNC110 - a turn of the loop, no waiting
                await asyncio.sleep(0)
            door.refuse()
        door.close()
        for wire in (*accepted, *(wire for wire in wires if wire)):
            wire.close()
        return None not in wires

    assert world.run(knock())


def test_nobody_else_can_take_the_port_of_a_door_that_refuses(world: RealWorld) -> None:
    door = world.reserve()
    with socket.socket() as thief, pytest.raises(OSError, match="in use"):
        thief.bind(("127.0.0.1", door.port))
    door.close()


def test_a_listener_is_found_in_the_kernels_table_with_the_address_to_dial() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listeners()[port] == "127.0.0.1"
    assert port not in listeners()


@pytest.mark.parametrize(("end", "seen"), [("finish", b""), ("close", b""), ("reset", ConnectionResetError)])
def test_a_wire_ends_as_it_is_told(world: RealWorld, end: str, seen: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        async def act() -> None:
            wire = await dialled(world, server.getsockname()[1])
            assert wire is not None
            getattr(wire, end)()
            wires.append(wire)

        wires: list[Wire] = []
        world.run(act())
        peer, _ = server.accept()
        with peer:
            peer.settimeout(5)
            if seen == b"":
                assert peer.recv(10) == b""
            else:
                with pytest.raises(ConnectionResetError):
                    peer.recv(10)
        wires[0].close()


def test_bytes_are_stamped_when_they_came_not_when_they_were_read(world: RealWorld) -> None:
    heard: list[tuple[bytes, float]] = []
    time.sleep(0.3)  # the kernel begins to stamp a moment after it was asked to

    async def act(server: socket.socket) -> float:
        wire = await dialled(world, server.getsockname()[1])
        assert wire is not None
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        peer, _ = server.accept()
        with peer:
            wire.listen_to(lambda data, at: (heard.append((data, at)), over.set_result(None))[1], lambda *_: None)
            sent = world.now()
            peer.sendall(b"early")
            time.sleep(0.15)  # noqa: ASYNC251 - the loop is to come late to its socket
            await over
            wire.close()
        return sent

    with socket.create_server(("127.0.0.1", 0)) as server:
        sent = world.run(act(server))
    assert heard[0][0] == b"early"
    assert abs(heard[0][1] - sent) < 0.1
