"""The steps of a client, as they are taken: queries that go out in the same write are one."""

from collections.abc import Sequence

from lab.scenario.model import Ask, Step


def next_of(steps: Sequence[Step]) -> list[Step]:
    """The first step, and with it the queries that go out in the same write."""
    batch = list(steps[:1])
    for step in steps[1:]:
        if not (isinstance(batch[-1], Ask) and isinstance(step, Ask) and step.pipelined):
            break
        batch.append(step)
    return batch
