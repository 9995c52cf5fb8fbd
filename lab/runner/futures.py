"""Futures that may be settled from several sides: the first wins."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from lab.world.base import World

T = TypeVar("T")


def settle(future: "asyncio.Future[T]", value: T) -> None:
    """Give a future its value unless it has one, or was cancelled."""
    if not future.done():
        future.set_result(value)


async def all_of(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run these beside each other to their ends; the first that raises cancels the others, and its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def lapse(world: World, seconds: float) -> None:
    """Wait for so many seconds of the world's; no wait at all if there are none."""
    if seconds > 0:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        world.at(world.now() + seconds, lambda: settle(over, None))
        await over
