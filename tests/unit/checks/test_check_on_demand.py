"""The checks a scenario lists: `alive`, `exited`, `logged`, `refuses`, `wrote`."""

import pytest
from pydantic import ValidationError

from lab.checks.base import CHECKS
from lab.evidence import PlannedClient, PlannedServer
from tests.unit.checks.check_stage import A, B, Stage, judged, missing, silent, sound, spoken, the_one, told

RIGHT = (A, missing("none.example"))


def test_servers_that_are_alive_pass() -> None:
    assert silent(sound(), "alive", servers=("ls", "ts1"))


def test_a_server_that_died_by_itself_is_blamed() -> None:
    stage = Stage()
    stage.note(1.0, "exited", server="ts1", status=-11, by="")
    assert told(stage, "alive", servers=("ls", "ts1")) == ("failed", "C6", "ts1")
    assert "by signal 11" in the_one(stage, "alive", servers=("ts1",)).sentence


def test_a_server_that_a_fault_killed_is_nobodys_fault() -> None:
    stage = Stage()
    stage.note(1.0, "exited", server="ts1", status=-9, by="f1")
    assert told(stage, "alive", servers=("ts1",)) == ("inconclusive", "C6", "")


@pytest.mark.parametrize("serves_many", [True, False])
def test_what_goes_with_the_one_client_that_ls_serves_has_done_its_duty(*, serves_many: bool) -> None:
    stage = Stage(serves_many=serves_many)
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(2.0)
    stage.note(2.1, "exited", server="ls", status=0, by="")
    assert silent(stage, "alive", servers=("ls",)) is not serves_many


def test_a_server_that_was_started_again_is_alive() -> None:
    stage = Stage()
    stage.note(1.0, "exited", server="ts1", status=-9, by="f1")
    stage.note(2.0, "started", server="ts1", pid=2, argv=[])
    assert silent(stage, "alive", servers=("ts1",))


def test_an_exit_is_found_with_its_status_and_its_cause() -> None:
    stage = Stage()
    stage.note(1.0, "exited", server="ls", status=1, by="")
    assert silent(stage, "exited", server="ls")
    assert silent(stage, "exited", server="ls", status=1, by_itself=True)
    assert told(stage, "exited", server="ls", status=0) == ("failed", "", "ls")
    assert told(stage, "exited", server="ls", by_itself=False) == ("failed", "", "ls")


def test_an_exit_by_the_lab_is_none() -> None:
    assert told(sound(), "exited", server="ls") == ("failed", "", "ls")


def test_output_is_searched_over_the_reads_of_a_stream_but_not_across_streams() -> None:
    stage = Stage()
    stage.note(1.0, "output", server="ls", stream="stderr", text="con")
    stage.note(1.1, "output", server="ls", stream="stdout", text="oops")
    stage.note(1.2, "output", server="ls", stream="stderr", text="flict\n")
    assert silent(stage, "logged", server="ls", pattern="^conflict$")
    assert told(stage, "logged", server="ls", pattern="conoops") == ("failed", "", "ls")
    assert told(stage, "logged", server="ls", pattern="conflict", at_least=2) == ("failed", "", "ls")
    assert told(stage, "logged", server="ls", pattern="conflict", never=True) == ("failed", "", "ls")
    assert silent(stage, "logged", server="ls", pattern="conflict", never=True, stream="stdout")


def test_a_pattern_that_is_none_is_refused_with_a_cure() -> None:
    with pytest.raises(ValidationError, match="no regular expression"):
        CHECKS["logged"](server="ls", pattern="(")
    with pytest.raises(ValidationError, match="contradict"):
        CHECKS["logged"](server="ls", pattern="a", never=True, at_least=2)


def started_wrongly(status: int | None = 2, by: str = "", stream: str = "stderr") -> Stage:
    stage = Stage(servers=(PlannedServer(name="ls", is_ts=False, refuses=True),))
    stage.facts = [fact for fact in stage.facts if fact[2] not in {"listening", "zero"}]
    stage.note(0.1, "output", server="ls", stream=stream, text="ls.py: 'five' is no number\n")
    if status is not None:
        stage.note(0.2, "exited", server="ls", status=status, by=by)
    return stage


def test_a_server_that_refuses_what_it_is_started_with_passes_with_its_reason_and_need_not_listen() -> None:
    (found,) = judged(started_wrongly(), "refuses", server="ls")
    assert found.sentence == "LS refused what it was started with: 'ls.py: 'five' is no number'."
    assert spoken(started_wrongly()) == []


@pytest.mark.parametrize(
    ("stage", "seen"),
    [
        (started_wrongly(1), "it exited with status 1"),
        (started_wrongly(None), "it neither listened nor ended"),
        (started_wrongly(-15, by="lab"), "it neither listened nor ended"),
        (started_wrongly(stream="stdout"), "it said nothing of it on standard error"),
        (Stage(), "it listened all the same"),
    ],
    ids=["other status", "hangs", "ended by the lab", "silent", "listens"],
)
def test_a_server_that_does_not_refuse_as_it_should_is_blamed(stage: Stage, seen: str) -> None:
    found = the_one(stage, "refuses", server="ls")
    assert (found.verdict, found.blames, found.seen) == ("failed", "ls", seen)


def program(text: str, *, missing_file: bool = False, replies: tuple[str, str] = RIGHT) -> Stage:
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    for number, (name, reply) in enumerate(zip(("a.example", "none.example"), replies, strict=True)):
        stage.query(name, 1.0 + number * 6, reply, 5.0 if "Error" in reply else 0.003)
    stage.note(20.0, "wrote", client="ann", text=text, missing=missing_file)
    return stage


def test_the_right_file_passes_by_the_tables_and_by_what_is_listed() -> None:
    stage = program(f"{A}\n{missing('none.example')}\n")
    assert silent(stage, "wrote", client="ann")
    assert silent(stage, "wrote", client="ann", lines=(A, missing("none.example")))


def test_the_last_line_may_lack_its_end_and_lines_may_end_as_on_another_system() -> None:
    assert silent(program(f"{A}\r\n{missing('none.example')}"), "wrote", client="ann")


@pytest.mark.parametrize(
    "text",
    ["", f"{A}\n", f"{missing('none.example')}\n{A}\n", f"{A}\n{missing('none.example')}\n{B}\n", f"{A}\n\n"],
)
def test_a_file_that_lacks_swaps_or_adds_lines_is_blamed_on_the_client(text: str) -> None:
    assert told(program(text), "wrote", client="ann") == ("failed", "C9", "ann")


def test_no_file_at_all_is_blamed_on_the_client() -> None:
    assert told(program("", missing_file=True), "wrote", client="ann") == ("failed", "C9", "ann")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{A}\n", f"wrote 1: '{missing('none.example')}' is missing."),
        (f"{A}\n{missing('none.example')}\nand more\n", "wrote 3: 'and more' is one too many."),
        (f"{A}\n{B}\n", f"LS had sent it '{missing('none.example')}' at that place."),
    ],
    ids=["too few", "too many", "wrong"],
)
def test_what_a_client_should_have_written_is_said(text: str, words: str) -> None:
    assert the_one(program(text), "wrote", client="ann").sentence.endswith(words)


def test_a_client_that_wrote_what_ls_sent_is_not_blamed_for_it() -> None:
    stage = program(f"{B}\n{missing('none.example')}\n", replies=(B, missing("none.example")))
    assert told(stage, "wrote", client="ann") == ("failed", "C3", "ls")
    assert the_one(stage, "wrote", client="ann").query == "ann.1"


def test_a_file_that_was_never_read_proves_nothing() -> None:
    assert told(sound(), "wrote", client="ann") == ("inconclusive", "C9", "")


def test_a_client_that_wrote_all_it_was_sent_is_not_blamed_for_the_rest() -> None:
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.query("a.example", 1.0, A, 0.003)
    stage.ask("none.example", 2.0)
    stage.note(20.0, "wrote", client="ann", text=f"{A}\n", missing=False)
    assert told(stage, "wrote", client="ann") == ("inconclusive", "C9", "")


def test_a_client_that_wrote_a_line_ls_sent_too_many_is_not_blamed() -> None:
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.query("a.example", 1.0, A, 0.003)
    stage.sent("ls->ann", A, 1.004)
    stage.query("none.example", 2.0, missing("none.example"), 5.001)
    stage.note(20.0, "wrote", client="ann", text=f"{A}\n{A}\n", missing=False)
    assert told(stage, "wrote", client="ann") == ("inconclusive", "", "")
