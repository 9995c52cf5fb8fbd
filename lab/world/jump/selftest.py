"""Whether the jump clock works here: tried on a program that sleeps, before anything is judged by it."""

import asyncio
import platform
import re
import sys
from functools import partial
from pathlib import Path

from lab.errors import BadInput, LabTrouble
from lab.world.base import Program
from lab.world.jump.waits import CALLS
from lab.world.jump.world import JumpWorld
from lab.world.real.selftest import Probe

OLDEST = (5, 16)
"""The first kernel whose `wchan` tells a thread that is off every run queue from one that is not."""
SLEEP = 1000
"""Seconds of the clock that the program sleeps."""
SCRIPT = f"""\
import time
start = time.monotonic()
time.sleep({SLEEP})
print(round(time.monotonic() - start), flush=True)
"""
CURE = "take --clock real"


def prove(world: JumpWorld) -> str:
    """Why the clock cannot be used here; empty if it can."""
    if not CALLS:
        return f"the jump clock does not know this machine's system calls: {CURE}"
    if _kernel() < OLDEST:
        return f"the jump clock needs Linux {OLDEST[0]}.{OLDEST[1]} or later, and this is {platform.release()}: {CURE}"
    try:
        return world.run(_sleep(world))
    except (LabTrouble, BadInput, OSError) as error:
        return f"the jump clock does not work here: {error}: {CURE}"


def _kernel() -> tuple[int, int]:
    """The kernel's version; (0, 0) where it cannot be told."""
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def probe() -> Probe:
    """Whether the clock works here, for `lab doctor`."""
    what = "a clock that jumps"
    try:
        world = JumpWorld()
    except LabTrouble as trouble:
        return Probe(what, fine=False, seen=str(trouble), needed=False)
    try:
        begin = world.wall()
        refusal = prove(world)
        seen = refusal or f"a sleep of {SLEEP} s was over in {(world.wall() - begin) * 1e3:.0f} ms"
        return Probe(what, fine=not refusal, seen=seen, needed=False)
    finally:
        world.close()


async def _sleep(world: JumpWorld) -> str:
    """Have a program sleep, and see what it says of it."""
    troupe = await world.troupe(world.scratch / "selftest")
    script = world.scratch / "selftest" / "sleep.py"
    script.write_text(SCRIPT, encoding="utf-8")
    over: asyncio.Future[LabTrouble | int] = asyncio.get_running_loop().create_future()
    said: list[bytes] = []
    troupe.on_lost(partial(_settle, over))
    begin = world.now()
    program = Program("selftest", (sys.executable, str(script)), script.parent)
    process = await troupe.start(program, lambda _, data: said.append(data), partial(_settle, over))
    ended = await over
    blind = _blind_to(process.pid) if isinstance(ended, LabTrouble) else ""
    elapsed = world.now() - begin
    await troupe.end()
    if isinstance(ended, LabTrouble):
        return f"the jump clock does not work here: {blind or ended}: {CURE}"
    if b"".join(said).strip() != str(SLEEP).encode() or not SLEEP <= elapsed < SLEEP + 1:
        told = b"".join(said).decode("utf-8", "replace").strip()
        seen = f"a sleep of {SLEEP} s took {elapsed:.3f} s, and said {told!r}"
        return f"the jump clock does not work here: {seen}: {CURE}"
    return ""


def _settle(over: "asyncio.Future[LabTrouble | int]", value: LabTrouble | int) -> None:
    if not over.done():
        over.set_result(value)


def _blind_to(pid: int) -> str:
    """What the kernel does not show of a process that sleeps; empty if it shows all."""
    for name, meaning in (("wchan", "where a thread sleeps"), ("schedstat", "how often a thread has run")):
        try:
            words = Path(f"/proc/{pid}/task/{pid}/{name}").read_bytes()
        except OSError as error:
            return f"the kernel does not show {meaning} ({name}: {error.strerror})"
        if words.strip() in (b"", b"0", b"0 0 0"):
            return f"the kernel does not show {meaning} ({name})"
    return ""
