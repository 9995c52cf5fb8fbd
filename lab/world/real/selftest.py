"""What the real world needs of this machine, each tried by doing it: for `lab doctor`."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.errors import LabTrouble
from lab.world.base import Program
from lab.world.real import strangers
from lab.world.real.isolation import refusal
from lab.world.real.listening import listeners
from lab.world.real.noise import Waits
from lab.world.real.nursery.users import NAME
from lab.world.real.world import RealWorld

SHORT = 0.05


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was tried: whether it is there, what was seen, and what its absence costs."""

    what: str
    fine: bool
    seen: str
    needed: bool


def probes() -> Iterator[Probe]:
    """Try everything, cheapest first."""
    yield _try("Python 3.11 or later", lambda: sys.version.split()[0], needed=True)
    yield _try("the kernel's socket table", _socket_table, needed=True)
    yield _try("waiting times of processes (schedstat)", _schedstat, needed=False)
    yield _try("a scratch folder, a warden, a keeper and a forked server", _birth, needed=True)
    yield _try("a door that refuses and opens on one port", _door, needed=True)
    yield _try("programs that signal nobody but their own (Landlock)", _confined_signals, needed=False)
    yield _try("programs that write in their own folders only (Landlock, --isolate)", _confined_writes, needed=False)
    yield _try(f"programs of a lab that is root, as the user {NAME} (--isolate)", _other_user, needed=False)
    yield _try("network namespaces: two programs on one port", _networks, needed=False)
    yield _try("open files enough for 60 scenarios at once", _descriptors, needed=False)


def _try(what: str, probe: Callable[[], str], *, needed: bool) -> Probe:
    try:
        return Probe(what, fine=True, seen=probe(), needed=needed)
    except (OSError, LabTrouble, RuntimeError) as error:
        return Probe(what, fine=False, seen=str(error), needed=needed)


def _socket_table() -> str:
    return f"{len(listeners())} listeners on this machine"


def _schedstat() -> str:
    if not Path(f"/proc/{os.getpid()}/schedstat").exists():
        raise RuntimeError("the kernel does not count them: lateness cannot be told from a busy machine")
    return f"the lab has waited {Waits().of(os.getpid()) * 1e3:.1f} ms so far"


def _birth() -> str:
    world = RealWorld()
    try:
        return world.run(_first_cry(world))
    finally:
        world.close()


async def _first_cry(world: RealWorld) -> str:
    import asyncio  # noqa: PLC0415 - only here, and inside the world

    folder = world.scratch / "doctor"
    troupe = await world.troupe(folder)
    script = folder / "hello.py"
    script.write_text("print('born')\n", encoding="utf-8")
    over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    start = world.now()
    program = Program("hello", (sys.executable, str(script)), folder)
    await troupe.start(program, lambda *_: None, over.set_result)
    status = await over
    await troupe.end()
    if status:
        raise RuntimeError(f"a forked server ended with {status}")
    return f"born and gone in {(world.now() - start) * 1e3:.0f} ms"


def _door() -> str:
    world = RealWorld()
    try:
        return world.run(_knock(world))
    finally:
        world.close()


async def _knock(world: RealWorld) -> str:
    import asyncio  # noqa: PLC0415 - as above

    door = world.reserve()
    answers = []
    for is_open in (False, True, False):
        (door.open if is_open else door.refuse)()
        made: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        world.dial("127.0.0.1", door.port, lambda wire, made=made: made.set_result(wire is not None))  # type: ignore[misc]
        answers.append(await made)
    door.close()
    if answers != [False, True, False]:
        raise RuntimeError(f"a door that refused, opened and refused let dials in as {answers}")
    return "refused, open, refused"


BESIDE = """\
import os, pathlib, sys
what, other = sys.argv[1:]
if what == "user":
    sys.exit(7 if os.getuid() else 0)
try:
    os.kill(int(other), 0) if what == "signal" else pathlib.Path(other).write_text("", encoding="ascii")
except PermissionError:
    sys.exit(7)
"""
HELD_BACK = 7


def _confined_signals() -> str:
    return _held_back("signal", str(os.getpid()), isolated=False)


def _confined_writes() -> str:
    with TemporaryDirectory(prefix="fault-lab-") as folder:
        return _held_back("write", f"{folder}/somewhere", isolated=True)


def _other_user() -> str:
    if os.geteuid():
        return "not needed: the lab is not root"
    if strangers.refusal():
        raise RuntimeError(strangers.refusal())
    return _held_back("user", "", isolated=True)


def _held_back(what: str, other: str, *, isolated: bool) -> str:
    world = RealWorld()
    try:
        status = world.run(_tried(world, (what, other), isolated=isolated))
    finally:
        world.close()
    if status != HELD_BACK:
        raise RuntimeError("nothing holds them back: Linux 6.12 or later has what is needed, where it is switched on")
    return "held back"


async def _tried(world: RealWorld, words: tuple[str, str], *, isolated: bool) -> int:
    """The status of a program that tries to do this to something that is not its own."""
    import asyncio  # noqa: PLC0415 - as above

    folder = world.scratch / "doctor"
    troupe = await world.troupe(folder)
    script = folder / "beside.py"
    script.write_text(BESIDE, encoding="utf-8")
    over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    program = Program("beside", (sys.executable, str(script), *words), folder, isolated=isolated)
    await troupe.start(program, lambda *_: None, over.set_result)
    status = await over
    await troupe.end()
    return status


def _networks() -> str:
    if refusal():
        raise RuntimeError(f"{refusal()}; systems with fixed ports run one scenario at a time, without proxies there")
    return "each in one of its own"


def _descriptors() -> str:
    import resource  # noqa: PLC0415 - not on every system

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2048:
        raise RuntimeError(f"the limit is {soft} (hard: {hard}); raise it with `ulimit -n 4096`, or run with -j 10")
    return f"the limit is {soft}"
