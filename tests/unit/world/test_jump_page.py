"""The page of the jump clock: its layout is the shim's, and its words mean what the shim does with them."""

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.world.jump import page as layout
from lab.world.jump.building import SOURCE
from lab.world.jump.page import BEGIN, EXPIRED, FREE, HEADER, SLOT, SLOTS, THREAD, WAITING, Page
from tests.running import compiled

PROBE = f"""
#include "{SOURCE}"
#include <stdio.h>
#define SHOW(what, value) printf("%s %ld\\n", what, (long)(value))
int main(void)
{{
    SHOW("HEADER", offsetof(struct page, slots)); SHOW("SLOT", sizeof(struct slot)); SHOW("SLOTS", SLOTS);
    SHOW("NOW", offsetof(struct page, now) / 8); SHOW("WALL", offsetof(struct page, wall) / 8);
    SHOW("TICK", offsetof(struct page, tick) / 8); SHOW("GENERATION", offsetof(struct page, generation) / 8);
    SHOW("USED", offsetof(struct page, used) / 8); SHOW("REFUSED", offsetof(struct page, refused) / 4);
    SHOW("REFUSED_BY", offsetof(struct page, refused_by) / 4); SHOW("KICK", KICK);
    SHOW("FREE", FREE); SHOW("WAITING", WAITING); SHOW("EXPIRED", EXPIRED); SHOW("BRIEF", BRIEF);
    SHOW("THREAD", THREAD); SHOW("ALARM", ALARM);
    SHOW("refusal", offsetof(struct page, refusal)); SHOW("refusal_end", offsetof(struct page, slots));
    SHOW("deadline", offsetof(struct slot, deadline)); SHOW("tid", offsetof(struct slot, tid));
    SHOW("pid", offsetof(struct slot, pid)); SHOW("state", offsetof(struct slot, state));
    SHOW("kind", offsetof(struct slot, kind)); SHOW("began", offsetof(struct slot, began));
    SHOW("interval", offsetof(struct slot, interval)); SHOW("magic", page == NULL);
    SHOW("wall", offsetof(struct slot, wall)); SHOW("SIZE", sizeof(struct page)); SHOW("SHIFTS", SHIFTS);
    SHOW("FIRST_SHIFT", offsetof(struct page, shifts) / 8);
    return 0;
}}
"""


@pytest.fixture(scope="module")
def of_the_shim(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What the compiler says of the shim's own structures."""
    folder = tmp_path_factory.mktemp("layout")
    (folder / "probe.c").write_text(PROBE, encoding="utf-8")
    program = compiled(folder / "probe.c", folder, "-ldl", "-lpthread")
    printed = subprocess.run([str(program)], capture_output=True, text=True, timeout=20, check=True).stdout
    return {name: int(value) for name, value in (line.split() for line in printed.splitlines())}


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page()
    yield made
    made.close()


def write(page: Page, number: int, **fields: int) -> None:
    """A slot as the shim would write it, at the places that `test_a_slot_is_read_where_the_shim_writes_it` proves."""
    values = {
        "deadline": 0,
        "tid": 0,
        "pid": 0,
        "state": FREE,
        "kind": THREAD,
        "began": 0,
        "interval": 0,
        "wall": 0,
    } | fields
    packed = struct.pack("=qiiiiqqq", *values.values())
    with Path(page.path).open("r+b") as file:
        file.seek(HEADER + number * SLOT)
        file.write(packed)
        file.seek(layout.USED * 8)
        file.write(struct.pack("=q", number + 1))


@pytest.mark.parametrize(
    "name",
    [
        *("HEADER", "SLOT", "SLOTS", "NOW", "WALL", "TICK", "GENERATION", "USED", "REFUSED", "REFUSED_BY", "KICK"),
        *("FREE", "WAITING", "EXPIRED", "BRIEF", "THREAD", "ALARM", "SIZE", "SHIFTS", "FIRST_SHIFT"),
    ],
)
def test_the_page_and_the_shim_mean_the_same(of_the_shim: dict[str, int], name: str) -> None:
    assert getattr(layout, name) == of_the_shim[name]


def test_a_refusal_is_read_where_the_shim_writes_it(of_the_shim: dict[str, int]) -> None:
    found = slice(of_the_shim["refusal"], of_the_shim["refusal_end"])
    assert found == layout.REFUSAL


def test_a_slot_is_read_where_the_shim_writes_it(of_the_shim: dict[str, int]) -> None:
    names = ("deadline", "tid", "pid", "state", "kind", "began", "interval", "wall")
    offsets = [struct.calcsize("=" + "qiiiiqqq"[:count]) for count in range(len(names))]
    assert [of_the_shim[name] for name in names] == offsets


def test_a_page_begins_at_its_time_and_with_nobody_waiting(page: Page) -> None:
    assert page.now == BEGIN
    assert list(page.slots()) == []
    assert page.refusal is None


def test_slots_are_told_as_they_were_written_and_free_ones_are_not(page: Page) -> None:
    write(page, 0, deadline=7, tid=0)
    write(page, 1, deadline=BEGIN + 5, tid=11, pid=10, state=WAITING, kind=THREAD, began=BEGIN)
    (slot,) = page.slots()
    assert slot == (1, BEGIN + 5, 11, 10, WAITING, THREAD, BEGIN)


def test_a_wait_for_a_date_is_over_so_much_sooner_or_later_as_its_clock_was_set_and_others_are_not(page: Page) -> None:
    write(page, 0, deadline=BEGIN + 50, tid=1, pid=1, state=WAITING, wall=3)
    write(page, 1, deadline=BEGIN + 50, tid=2, pid=2, state=WAITING, wall=2)
    write(page, 2, deadline=BEGIN + 50, tid=3, pid=3, state=WAITING)
    page.shift(2, 40)
    assert [slot.deadline - BEGIN for slot in page.slots()] == [10, 50, 50]
    page.shift(2, -40)
    assert [slot.deadline - BEGIN for slot in page.slots()] == [90, 50, 50]


def test_a_page_that_has_only_shifts_bears_another_mark(page: Page) -> None:
    other = Page(has_time=False)
    marks = [Path(one.path).read_bytes()[:8] for one in (page, other)]
    other.close()
    assert marks == [b"LABJUMP1", b"LABWALL1"]


def test_the_last_slot_of_all_has_its_place(page: Page) -> None:
    write(page, SLOTS - 1, deadline=9, tid=2, pid=2, state=WAITING)
    assert [slot.number for slot in page.slots()] == [SLOTS - 1]


def test_an_expired_slot_stays_until_its_thread_frees_it(page: Page) -> None:
    write(page, 0, deadline=9, tid=2, pid=2, state=WAITING)
    page.expire(next(page.slots()))
    assert [slot.state for slot in page.slots()] == [EXPIRED]
    page.free(next(page.slots()))
    assert list(page.slots()) == []


@pytest.mark.parametrize(("interval", "after"), [(0, (9, FREE)), (4, (13, WAITING))])
def test_an_alarm_rings_once_or_again_after_its_interval(page: Page, interval: int, after: tuple[int, int]) -> None:
    write(page, 0, deadline=9, tid=2, pid=2, state=WAITING, kind=layout.ALARM, interval=interval)
    page.rearm(next(page.slots()))
    assert [(slot.deadline, slot.state) for slot in page.slots()] == [after]


def test_a_refusal_is_told_until_it_is_forgiven(page: Page) -> None:
    with Path(page.path).open("r+b") as file:
        file.seek(layout.REFUSED * 4)
        file.write(struct.pack("=ii", 1, 77) + b"timerfd_create")
    assert page.refusal == (77, "timerfd_create")
    page.forgive()
    assert page.refusal is None


def test_a_page_has_no_name_in_any_folder(page: Page) -> None:
    assert Path(page.path).readlink().name == f"memfd:{layout.NAME} (deleted)"
    assert not Path(page.path).readlink().exists()
