"""Registries of kinds: one for faults, one for checks, one for protocols, one for reporters.

A kind is one file; it registers itself with a decorator, and `load` imports every file of its folder, so that
nothing else needs to know its name (law 5).
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Kinds of one family by their name.

    Args:
        family: What a kind of this family is called in messages, such as `fault`.
        package: The folder of the kinds, as a dotted name.
    """

    def __init__(self, family: str, package: str) -> None:
        self.family = family
        self.package = package
        self._kinds: dict[str, T] = {}
        self._loaded = False

    def kind(self, name: str) -> Callable[[T], T]:
        """A decorator that registers a kind under this name.

        Raises:
            ValueError: The name is taken.
        """

        def register(item: T) -> T:
            if name in self._kinds:
                raise ValueError(f"two kinds of {self.family} are called {name}")
            self._kinds[name] = item
            return item

        return register

    def load(self) -> None:
        """Import every module of the family's folder, once."""
        if self._loaded:
            return
        self._loaded = True
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")

    def names(self) -> list[str]:
        """The names of all kinds, sorted."""
        self.load()
        return sorted(self._kinds)

    def __getitem__(self, name: str) -> T:
        self.load()
        return self._kinds[name]

    def __contains__(self, name: object) -> bool:
        self.load()
        return name in self._kinds

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter([(name, self[name]) for name in self.names()])

    def nearest(self, name: str) -> str | None:
        """The known name most like this one, for a message; None if nothing is near."""
        return nearest(name, self.names())


def nearest(word: str, words: list[str]) -> str | None:
    """The word most like the given one, or None when none is near."""
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.6)), None)
