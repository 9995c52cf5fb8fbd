"""Whether the jump clock works here: tried on a program that sleeps, before anything is judged by it."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import BadInput, LabTrouble
from lab.world.base import Program
from lab.world.jump.waits import CALLS

if TYPE_CHECKING:
    from lab.world.jump.world import JumpWorld

SLEEP = 1000
"""Seconds of the clock that the program sleeps."""
SCRIPT = f"""\
import time
start = time.monotonic()
time.sleep({SLEEP})
print(round(time.monotonic() - start), flush=True)
"""
CURE = "take --clock real"


def prove(world: "JumpWorld") -> str:
    """Why the clock cannot be used here; empty if it can."""
    if not CALLS:
        return f"the jump clock does not know this machine's system calls: {CURE}"
    try:
        return world.run(_sleep(world))
    except (LabTrouble, BadInput, OSError) as error:
        return f"the jump clock does not work here: {error}: {CURE}"


async def _sleep(world: "JumpWorld") -> str:
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
