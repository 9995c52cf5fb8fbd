"""The checks `holds` and `no_spinning`."""

from lab.evidence import PlannedFault
from tests.unit.checks.check_stage import Stage, fault, silent, sound, the_one, told

MIB = 1 << 20


def measured(stage: Stage, at: float, sessions: int, **more: int) -> None:
    held = {"descriptors": 4, "threads": 1, "memory": MIB, **more}
    stage.note(at, "measured", server="ls", sessions=sessions, **held)


def test_a_server_that_holds_no_more_than_at_first_passes() -> None:
    stage = sound()
    measured(stage, 1.0, 10)
    measured(stage, 2.0, 60)
    assert silent(stage, "holds")


def test_a_server_that_keeps_descriptors_or_threads_or_memory_is_blamed() -> None:
    for more in ({"descriptors": 54}, {"threads": 51}, {"memory": 90 * MIB}):
        stage = sound()
        measured(stage, 1.0, 10)
        measured(stage, 2.0, 60, **more)
        assert told(stage, "holds") == ("failed", "B8", "ls")
    assert the_one(stage, "holds").sentence == (
        "LS does not free what a session held: its memory grew from 1 MiB to 90 MiB from session 10 to session 60."
    )


def test_only_the_last_measurement_counts_as_what_is_held() -> None:
    stage = sound()
    measured(stage, 1.0, 1)
    measured(stage, 2.0, 4, descriptors=9)
    measured(stage, 7.6, 4)
    assert silent(stage, "holds")


def test_growth_within_the_bounds_passes() -> None:
    stage = sound()
    measured(stage, 1.0, 10)
    measured(stage, 2.0, 60, descriptors=6)
    assert silent(stage, "holds", descriptors=2)


def test_one_measurement_proves_nothing() -> None:
    stage = sound()
    measured(stage, 1.0, 10)
    measured(stage, 1.1, 10)
    assert told(stage, "holds") == ("inconclusive", "B8", "")


def burned(stage: Stage, *times: float, server: str = "ls") -> None:
    for at in times:
        stage.note(at, "burned", server=server, spent=0.45, over=0.5)


def test_a_server_that_spins_for_a_second_is_blamed() -> None:
    stage = sound()
    burned(stage, 1.0, 1.5)
    assert told(stage, "no_spinning") == ("failed", "B8", "ls")
    assert the_one(stage, "no_spinning").sentence == (
        "LS used 900 ms of processor time in one second up to 1.5 s, while no message came or went: "
        "it waits in a busy loop."
    )


def test_a_burst_of_half_a_second_passes() -> None:
    stage = sound()
    burned(stage, 1.0, 3.0)
    burned(stage, 1.5, server="ts1")
    assert silent(stage, "no_spinning")


def test_spinning_without_descriptors_is_another_clause() -> None:
    starve: PlannedFault = fault("starve1", harms=("ls",))
    stage = sound()
    stage.faults = (starve,)
    stage.note(0.5, "fired", fault="starve1", did="limited to 4 descriptors", flow="ls", n=0, name="")
    burned(stage, 1.0, 1.5)
    assert told(stage, "no_spinning") == ("failed", "B10", "ls")
