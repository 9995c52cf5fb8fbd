"""Doors and wires of datagrams: who sends from one address is one peer, and the kernel says when nobody is there."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from lab.world.base import Wire
from lab.world.real.datagrams import MOST_KEPT
from lab.world.real.world import RealWorld

Heard = list[bytes]


@pytest.fixture
def world() -> Iterator[RealWorld]:
    made = RealWorld()
    yield made
    made.close()


def client(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(2)
    sock.connect(("127.0.0.1", port))
    return sock


async def a_while() -> None:
    await asyncio.sleep(0.02)


def test_each_address_is_a_peer_of_its_own_and_hears_what_is_said_to_it(world: RealWorld) -> None:
    async def talk() -> None:
        door = world.reserve("udp")
        heard: list[Heard] = []

        def dialled(wire: Wire) -> None:
            mine: Heard = []
            heard.append(mine)
            wire.listen_to(lambda data, _at: (mine.append(data), wire.write(data.upper())), lambda *_: None)

        world.receive(door, dialled)
        door.open()
        with client(door.port) as ann, client(door.port) as bob:
            ann.send(b"one")
            ann.send(b"two")
            bob.send(b"three")
            await a_while()
            assert [ann.recv(99), ann.recv(99), bob.recv(99)] == [b"ONE", b"TWO", b"THREE"]
        assert heard == [[b"one", b"two"], [b"three"]]
        door.close()

    world.run(talk())


def test_a_door_refuses_is_silent_and_opens_on_one_port(world: RealWorld) -> None:
    async def knock() -> None:
        door = world.reserve("udp")
        heard: Heard = []
        world.receive(door, lambda wire: wire.listen_to(lambda data, _at: heard.append(data), lambda *_: None))
        with client(door.port) as ann:
            ann.send(b"refused")
            with pytest.raises(ConnectionRefusedError):
                ann.recv(99)
            door.silence()
            ann.send(b"vanishes")
            await a_while()
            door.open()
            ann.send(b"comes")
            await a_while()
        assert heard == [b"comes"]
        door.close()

    world.run(knock())


def test_a_wire_that_is_muted_keeps_what_comes_and_loses_what_is_too_much(world: RealWorld) -> None:
    async def keep() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(2)
            made: asyncio.Future[Wire | None] = asyncio.get_running_loop().create_future()
            world.dial("127.0.0.1", server.getsockname()[1], made.set_result, "udp")
            wire = await made
            assert wire is not None
            heard: Heard = []
            wire.listen_to(lambda data, _at: heard.append(data), lambda *_: None)
            assert wire.write(b"hello")
            _, peer = server.recvfrom(99)
            wire.mute(muted=True)
            for _ in range(MOST_KEPT // 50_000 + 5):
                server.sendto(b"x" * 50_000, peer)
                await a_while()
            assert heard == []
            assert MOST_KEPT - 50_000 < wire.unread <= MOST_KEPT
            wire.mute(muted=False)
            assert len(heard) == MOST_KEPT // 50_000
            wire.close()

    world.run(keep())


def test_who_takes_datagrams_is_heard_of_and_who_takes_them_no_more(world: RealWorld) -> None:
    async def watch() -> None:
        port = world.free_port("udp")
        news: list[str | None] = []
        timer = world.watch(port, news.append, "udp")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("", port))
            await asyncio.sleep(0.1)
            assert news == ["127.0.0.1"]
        await asyncio.sleep(0.1)
        assert news == ["127.0.0.1", None]
        timer.cancel()

    world.run(watch())
