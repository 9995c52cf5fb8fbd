"""The clock's heart: the selector of the lab's own event loop, which jumps instead of sleeping.

Its law is the double reading. When the loop has nothing to do until some time, the selector lets others run first, and
takes a census until everybody sleeps; *then* it picks the earliest deadline, takes the census again, in which nobody
may have run since, looks at the lab's own descriptors once more, and compares the page's mark. Only if all that stood
still does it move the time: to the loop's own next timer, or to the picked deadline, whose thread it wakes. The lab's
timer goes first where both are at one time.

While the clock is *held* (something is being spawned or ended) it waits really and moves nothing. When it has met
trouble it *walks*: time goes by as it really does, so that what was begun can be ended.
"""

import errno
import os
import select
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.errors import LabTrouble
from lab.world.jump.census import Census
from lab.world.jump.page import ALARM, BRIEF, EXPIRED, FREE, KICK, THREAD, WAITING, Page, Slot, alarm, kick
from lab.world.jump.patience import Patience
from lab.world.jump.records import NEW, RAN, SAME
from lab.world.jump.waits import timed_wait

Events = list[tuple[selectors.SelectorKey, int]]
STALLED, HELD_TOO_LONG = 10.0, 30.0
"""Real seconds in which nothing at all comes to an end, after which the clock gives up."""
STEP = 0.05


@dataclass(slots=True)
class Pick:
    """What the page tells between two readings.

    Attributes:
        first: The earliest deadline of a thread that a jump may wake.
        is_pending: Whether a thread that was woken has not gone on yet.
        gone: Slots whose threads have ended.
    """

    first: Slot | None = None
    is_pending: bool = False
    gone: list[Slot] = field(default_factory=list)


class Limit:
    """A time that is not to be passed, and what is done instead."""

    def __init__(self, when: int, do: Callable[[], None], among: "set[Limit]") -> None:
        self.when = when
        self.do = do
        self._among = among

    def cancel(self) -> None:
        """It may be passed."""
        self._among.discard(self)


class JumpSelector(selectors.EpollSelector):
    """Waits for the lab's descriptors, or lets time jump.

    Args:
        tell: Told what keeps the clock from going on; it walks from then on.
    """

    def __init__(self, page: Page, census: Census, tell: Callable[[LabTrouble], None]) -> None:
        super().__init__()
        self.is_walking = False
        self.holds = 0
        self.jumps = 0
        self.on_expired: Callable[[int, float], None] = lambda _pid, _lasted: None
        self.name_of: Callable[[int], str] = str
        self.unheard: Callable[[], bool] = lambda: False
        self.at_rest: Callable[[], bool] = lambda: False
        self.has_work: Callable[[], bool] = lambda: False
        self._page = page
        self._census = census
        self._tell = tell
        self._limits: set[Limit] = set()

    def select(self, timeout: float | None = None) -> Events:
        """What is ready; nothing, once the time has jumped to the end of the time-out.

        Args:
            timeout: Seconds of the page's clock; None: no end.
        """
        ready = self._ready()
        if ready or (timeout is not None and timeout <= 0):
            return ready
        own = None if timeout is None else self._page.now + max(round(timeout * 1e9), 1)
        if self.is_walking:
            return self._walk(own)
        patience = Patience()
        while True:
            events = self._held(patience) if self.holds else self._turn(own, patience)
            if events is not None:
                return events

    def _ready(self) -> Events:
        return super().select(0)

    def _after_others(self) -> Events:
        """Let whom the lab has just woken go on: a look now would only tell that it is awake."""
        os.sched_yield()
        return self._ready()

    def _wait(self, seconds: float) -> Events:
        """Wait really; epoll's own time-outs are rounded up to milliseconds."""
        if seconds:
            try:
                select.select([self.fileno()], [], [], seconds)
            except OSError as error:
                if error.errno != errno.EINTR:
                    raise
        return self._ready()

    def _held(self, patience: Patience) -> Events | None:
        events = self._wait(STEP)
        if not events and patience.spent > HELD_TOO_LONG:
            return self._give_up(f"what starts and ends the servers has said nothing for {HELD_TOO_LONG:g} real s")
        return events or None

    def _turn(self, own: int | None, patience: Patience) -> Events | None:
        """One look: the events, or none if the time came, or None to look again."""
        come = [] if patience.looks else self._after_others()
        if come:
            return come
        try:
            seen = self._census.look()
        except OSError as error:
            return self._give_up(f"the threads of the servers cannot be watched any more: {error.strerror}")
        if seen in (SAME, RAN) and not self.unheard():
            jumps = self.jumps
            events = self._settle(own)
            if self.jumps > jumps:
                patience.looks, patience.began = 0, time.monotonic()
            if events is not None or self.jumps > jumps:
                return events
        events = self._wait(0.0 if seen == NEW else patience.pause())
        if not events and own is not None and own <= self._page.now:
            return []  # somebody who never sleeps looks at the clock, and each look moves it
        if not events and patience.spent > STALLED:
            return self._give_up(self._who_is_awake())
        return events or None

    # The double reading

    def _settle(self, own: int | None) -> Events | None:
        """All sleep: the second reading, and the jump."""
        mark = self._page.mark
        pick = self._pick()
        if pick.is_pending or self._census.look() != SAME:
            return None
        events = self._ready()
        if events:
            return events
        if self._page.mark != mark:
            return None
        objection = self._objection()
        if objection:
            return self._give_up(objection)
        for slot in pick.gone:
            self._page.free(slot)
        has_news = self.at_rest()
        if self.has_work():
            return []
        return None if has_news else self._move(own, pick.first)

    def _move(self, own: int | None, first: Slot | None) -> Events | None:
        """Nothing has moved between the readings: now the time does."""
        times = [time for time in (own, first.deadline if first else None) if time is not None]
        if not times:
            return self._give_up(self._deadlock())
        if self._passes_a_limit(min(times)):
            return []
        if own is not None and own == min(times):
            self._page.now = max(self._page.now, own)
            return []
        assert first is not None
        self._jump(first)
        return None

    def _passes_a_limit(self, time_ns: int) -> bool:
        """Whether some limit is before this time, and was told."""
        passed = [limit for limit in self._limits if limit.when < time_ns]
        for limit in passed:
            self._limits.discard(limit)
            limit.do()
        return bool(passed)

    def limit(self, when: int, do: Callable[[], None]) -> Limit:
        """Do something rather than jump past a time, in nanoseconds of the page."""
        limit = Limit(when, do, self._limits)
        self._limits.add(limit)
        return limit

    def _pick(self) -> Pick:
        """Read the page; a thread that was woken and still sleeps is kicked again."""
        pick = Pick()
        for slot in self._page.slots():
            thread = self._census.thread(slot.pid, slot.tid)
            if thread is None or thread.is_gone:
                pick.gone.append(slot)
            elif slot.state in (FREE, BRIEF) or thread.is_stopped:
                continue
            elif slot.state == EXPIRED:
                kick(slot)
                pick.is_pending = True
            elif pick.first is None or slot.deadline < pick.first.deadline:
                pick.first = slot
        return pick

    def _jump(self, first: Slot) -> None:
        """To the deadline: wake its thread, and those of the same process whose deadlines are no later."""
        self._page.now = max(self._page.now, first.deadline)
        self.jumps += 1
        for slot in list(self._page.slots()):
            if slot.pid == first.pid and slot.state == WAITING and slot.deadline <= first.deadline:
                thread = self._census.thread(slot.pid, slot.tid)
                if thread is not None and not thread.is_stopped:
                    self._expire(slot)

    def _expire(self, slot: Slot) -> None:
        if slot.kind == ALARM:
            self._page.rearm(slot)
            alarm(slot)
        else:
            self._page.expire(slot)
            kick(slot)
        self.on_expired(slot.pid, (slot.deadline - slot.began) / 1e9)

    # What the clock cannot do

    def _objection(self) -> str:
        """Why nobody's time may be moved; empty if it may."""
        refusal = self._page.refusal
        if refusal is not None:
            self._page.forgive()
            return f"{self.name_of(refusal[0])} uses {refusal[1]}, which the jump clock cannot serve; the real one can"
        person = self._census.unattached()
        if person is not None:
            what = "cannot have the shim (a static one, one with rights of its own, or one started without LD_PRELOAD)"
            return f"{self.name_of(person.pid)} runs a program that {what}; the real clock can serve it"
        return self._stranger()

    def _stranger(self) -> str:
        """A thread that waits for a time past the shim."""
        waiting: set[tuple[int, int]] | None = None
        for pid, thread in self._census.strangers():
            if waiting is None:
                threads = (slot for slot in self._page.slots() if slot.state != FREE and slot.kind == THREAD)
                waiting = {(slot.pid, slot.tid) for slot in threads}
            call = "" if (pid, thread.tid) in waiting else timed_wait(pid, thread.tid)
            if call:
                what = f"waits for a time in {call}, past the shim"
                return f"{self.name_of(pid)} {what}: the jump clock cannot serve that; the real one can"
            thread.vouch()
        return ""

    def _deadlock(self) -> str:
        sleepers = sorted(self.name_of(pid) for pid, person in self._census.people.items() if not person.is_root)
        return f"all sleep, and nobody waits for a time: {', '.join(sleepers) or 'no server'} and the lab itself"

    def _who_is_awake(self) -> str:
        awake = sorted({self.name_of(pid) for pid in self._census.awake()})
        if not awake and self.unheard():
            return f"a server has ended, and its keeper says nothing for {STALLED:g} real s: it may have been stopped"
        pending = {self.name_of(slot.pid) for slot in self._page.slots() if slot.state == EXPIRED}
        if not awake and pending:
            return f"{', '.join(sorted(pending))} does not wake from a wait that is over: does it block signal {KICK}?"
        who = ", ".join(awake) or "some process"
        what = f"{who} never slept for {STALLED:g} real s (it computes, or waits in a busy loop)"
        return f"{what}: on the jump clock time goes on only when all sleep"

    def _give_up(self, why: str) -> Events:
        self.is_walking = True
        self._tell(LabTrouble(why))
        return []

    def _walk(self, own: int | None) -> Events:
        """Real waiting, and the page's time goes by with it."""
        now = self._page.now
        left = STEP if own is None else min((own - now) / 1e9, STEP)
        began = time.monotonic_ns()
        events = self._wait(left)
        self._page.now = now + time.monotonic_ns() - began
        return events
