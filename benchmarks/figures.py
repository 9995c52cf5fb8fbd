"""Figures of the lab on the real clock, as ratios within one run: `python benchmarks/figures.py [FIGURE...]`."""

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lab.runner.engine import Engine  # noqa: E402 - the checkout first, wherever this is started
from lab.runner.links import Link  # noqa: E402 - as above
from lab.runner.stage import Stage  # noqa: E402 - as above
from lab.scenario.load import load_text  # noqa: E402 - as above
from lab.scenario.profile import load_profile  # noqa: E402 - as above
from lab.world.real.world import RealWorld  # noqa: E402 - as above

NO_WAIT = """\
lab: scenario/1
story: Nothing is wrong, and nobody waits.
tables: {ts1: {known.example: 1.1.1.1}, ts2: {other.example: 2.2.2.2}}
queries: [{ask: known.example, expect: {answer: 1.1.1.1}}, {ask: other.example, expect: {answer: 2.2.2.2}}]
"""
DELAYED = """\
lab: scenario/1
story: TS1 is late.
tables: {ts1: {known.example: 1.1.1.1}, ts2: {other.example: 2.2.2.2}}
faults: [delay: {flow: ts1->ls, by: 1s}]
queries: [{ask: known.example}, {ask: known.example}, {ask: known.example}]
"""
ECHO = """\
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    peer, _ = server.accept()
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := peer.recv(4096):
        peer.sendall(data)
"""
PING = """\
import socket, sys, time
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
times = []
for turn in range(3000):
    start = time.perf_counter()
    peer.sendall(b"known.example\\n")
    peer.recv(4096)
    times.append(time.perf_counter() - start)
times = sorted(times[500:])
print(times[len(times) // 2] * 1e6, times[int(len(times) * 0.99)] * 1e6)
"""
PING_ROUNDS = 5


def run_lab(*arguments: str) -> tuple[dict[str, object], float]:
    """The lab's result as `--json` prints it, and the processor seconds it and its children took."""
    with tempfile.TemporaryDirectory() as folder:
        before = _spent()
        command = [sys.executable, "-m", "lab", "run", "--clock", "real", *arguments, "--json", "--out", folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return json.loads(done.stdout), _spent() - before


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def catalogue() -> None:
    """The wall time of the catalogue beside its longest scenario."""
    start = time.perf_counter()
    result, spent = run_lab("scenarios")
    wall = time.perf_counter() - start
    scenarios = result["scenarios"]
    assert isinstance(scenarios, list)
    longest = max(scenarios, key=lambda scenario: scenario["virtual_s"])
    alone = [scenario["name"] for scenario in scenarios if scenario["alone"]]
    limit = 1.25 * longest["virtual_s"] + 2
    print(
        f"catalogue: {len(scenarios)} scenarios in {wall:.1f} s wall, {spent:.1f} s of processor: {result['verdict']}"
    )
    print(
        f"  longest: {longest['name']}, {longest['virtual_s']:.1f} s of its own; 1.25 times that and 2 s: {limit:.1f} s"
    )
    print(f"  wall over longest: {wall / longest['virtual_s']:.2f}; alone: {', '.join(alone) or 'none'}")


def cost() -> None:
    """Processor time of a scenario without waits: the difference between 101 of them and one, over 100."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "no_wait.yaml"
        path.write_text(NO_WAIT, encoding="utf-8")
        _, one = run_lab(str(path))
        _, many = run_lab(str(path), "--repeat", "101")
    print(f"cost: {(many - one) * 10:.1f} ms of processor for a scenario that waits for nothing (mean of 100)")


def proxy() -> None:
    """What the proxy adds to a round trip: all on one processor, and wherever the kernel puts them.

    The first is what the proxy itself costs; the second has the wake-ups of idle processors in it, which are the
    machine's, and dear on a virtual one.
    """
    everywhere = os.sched_getaffinity(0)
    for where, processors in (("on one processor", {min(everywhere)}), ("on any processor", everywhere)):
        os.sched_setaffinity(0, processors)
        rounds = [_proxy_round() for _ in range(PING_ROUNDS)]
        for index, name in ((0, "p50"), (1, "p99")):
            direct = statistics.median(pair[0][index] for pair in rounds)
            added = statistics.median(pair[1][index] - pair[0][index] for pair in rounds)
            print(f"proxy, {where}: {name} {added:.0f} us added to a direct round trip of {direct:.0f} us")
    os.sched_setaffinity(0, everywhere)


def _proxy_round() -> tuple[Sequence[float], Sequence[float]]:
    """One round: (p50, p99) direct, and through a proxy without faults, in microseconds."""
    with subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True) as echo:
        assert echo.stdout is not None
        port = int(echo.stdout.readline())
        world = RealWorld()
        try:
            return world.run(_pings(world, port))
        finally:
            world.close()
            echo.kill()


async def _pings(world: RealWorld, port: int) -> tuple[Sequence[float], Sequence[float]]:
    (scenario,) = load_text(NO_WAIT, "no_wait.yaml")
    profile = load_profile(ROOT / "servers" / "reference.yaml")
    stage = Stage(world, scenario, profile, world.scratch, seed=0, launch="fork")
    engine = Engine(stage)
    link = engine.links["ls->ts1"] = Link(stage, "ls->ts1", engine.apply)
    link.mirror(("127.0.0.1", port))
    return await _ping(port), await _ping(link.port)


async def _ping(port: int) -> Sequence[float]:
    pinger = await asyncio.create_subprocess_exec(sys.executable, "-c", PING, str(port), stdout=subprocess.PIPE)
    out, _ = await pinger.communicate()
    return [float(number) for number in out.split()]


def delays() -> None:
    """The error of injected delays, 50 scenarios of three delayed answers at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "delayed.yaml"
        path.write_text(DELAYED, encoding="utf-8")
        out = Path(folder) / "out"
        command = [
            sys.executable,
            "-m",
            "lab",
            "run",
            str(path),
            "--clock",
            "real",
            "--repeat",
            "50",
            "--json",
            "--out",
            str(out),
        ]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        errors = sorted(error for lines in out.glob("*/history.jsonl") for error in _errors(lines))
    middle, worst = statistics.median(errors) * 1e3, errors[-1] * 1e3
    print(
        f"delays: {len(errors)} answers delayed by 1 s, 50 scenarios at once: median {middle:.2f}, worst {worst:.2f} ms"
    )


def _errors(lines: Path) -> list[float]:
    """How late each delayed answer of a history was handed on, in seconds."""
    events = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    of_flow = [event for event in events if event.get("flow") == "ts1->ls" and event.get("what") == "message"]
    arrived = {event["n"]: event["at"] for event in of_flow if event["kind"] == "arrived"}
    return [event["at"] - arrived[event["n"]] - 1 for event in of_flow if event["kind"] == "passed"]


FIGURES: dict[str, Callable[[], None]] = {"catalogue": catalogue, "cost": cost, "proxy": proxy, "delays": delays}

if __name__ == "__main__":
    for name in sys.argv[1:] or FIGURES:
        FIGURES[name]()
