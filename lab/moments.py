"""Which moments have come: pure book-keeping over the history."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.history import Event
from lab.moment import Moment


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
    """The moments somebody waits for."""

    _watches: list[_Watch] = field(default_factory=list)

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
        self._watches.append(watch)
        return None

    def hear(self, event: Event) -> list[tuple[str, float]]:
        """The keys of the moments whose occasion this event is, each with the time at which it comes."""
        if not self._watches:
            return []
        due = [(watch, watch.hear(event)) for watch in self._watches]
        reached = [(watch.key, at) for watch, at in due if at is not None]
        if reached:
            self._watches = [watch for watch, at in due if at is None]
        return reached
