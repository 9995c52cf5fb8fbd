"""Which moments have come: pure book-keeping over the history."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.history import Event
from lab.moment import RECORDED_AS, Moment


@dataclass(slots=True)
class _Watch:
    moment: Moment
    key: str
    seen: int = 0

    def hear(self, event: Event) -> float | None:
        """When the moment comes, once its occasion has; None before."""
        if not self.moment.is_reached_by(event):
            return None
        self.seen += 1
        return event.at + self.moment.plus if self.seen == self.moment.nth else None


@dataclass(slots=True)
class Moments:
    """The moments somebody waits for, by the kind of the events that can bring them."""

    _watches: dict[str, list[_Watch]] = field(default_factory=dict)

    def add(self, key: str, moment: Moment, past: Iterable[Event] = ()) -> float | None:
        """Wait for a moment; when it is known already when it comes (in seconds from zero), that.

        Args:
            key: What `hear` is to call it.
            moment: What to wait for.
            past: The history so far: the occasion may be in it.
        """
        if moment.on == "time":
            return moment.plus
        watch = _Watch(moment, key)
        for event in past:
            due = watch.hear(event)
            if due is not None:
                return due
        kind, _ = RECORDED_AS[moment.on]
        self._watches.setdefault(kind, []).append(watch)
        return None

    def hear(self, event: Event) -> list[tuple[str, float]]:
        """The keys of the moments whose occasion this event is, each with the time at which it comes."""
        watches = self._watches.get(event.kind)
        if not watches:
            return []
        due = [(watch, watch.hear(event)) for watch in watches]
        self._watches[event.kind] = [watch for watch, at in due if at is None]
        return [(watch.key, at) for watch, at in due if at is not None]
