"""What is said of an LS that takes a part of a line for the whole, and of one that has every right to it."""

import pytest

from tests.unit.checks.check_stage import A, Stage, answer, broken, judged, missing, not_found, silent, the_one, told

ASK = "a.example"
NONE = "none.example"
ALWAYS = ("expected", "one_reply", "own_name", "from_a_server", "relayed", "fan_out")


def relays(part: str, *, ended: bool = False) -> Stage:
    """ts1 sends its answer in two pieces a second apart; LS sends the client a part as soon as the first came."""
    stage = Stage()
    query = stage.ask(ASK, 1.0, expect=answer("1.1.1.1"))
    stage.fan(ASK, 1.001)
    stage.part("ts1->ls", A[:6], 1.002)
    if ended:
        stage.ended("ts1->ls", 1.0025)
    stage.part("ls->ann", part, 1.003)
    if not ended:
        stage.sent("ts1->ls", A, 2.0)
    stage.outcome(query, "no_reply", 16.0)
    stage.stop(17.0)
    return stage


def asks(sent: str, *, whole: bool) -> Stage:
    """The query comes in two pieces a second apart; LS asks as soon as the first came, with an end of line or not."""
    stage = Stage()
    query = stage.ask(ASK, 2.0, expect=answer("1.1.1.1", 0.0))
    stage.part("ann->ls", ASK[:4], 1.0)
    for server in ("ts1", "ts2"):
        if whole:
            stage.sent(f"ls->{server}", sent, 1.001)
        else:
            stage.part(f"ls->{server}", sent, 1.001)
    stage.reply(query, missing(ASK[:4]), 6.001)
    stage.stop(9.0)
    return stage


@pytest.mark.parametrize("kind", ["expected", "one_reply", "relayed"])
def test_who_relays_the_beginning_of_an_answer_breaks_b4(kind: str) -> None:
    finding = the_one(relays(A[:6]), kind)
    assert (finding.verdict.value, finding.clause, finding.blames) == ("failed", "B4", "ls")
    assert "LS relayed 'a.exam' when ts1 had not come to the end of that line" in finding.sentence


@pytest.mark.parametrize("kind", ["expected", "one_reply"])
def test_who_relays_the_beginning_of_an_answer_whose_sender_is_gone_breaks_b2(kind: str) -> None:
    assert told(relays(A[:6], ended=True), kind) == ("failed", "B2", "ls")


@pytest.mark.parametrize("whole", [True, False], ids=["with_an_end_of_its_own", "without_an_end"])
@pytest.mark.parametrize("kind", ["expected", "own_name", "from_a_server", "fan_out"])
def test_who_asks_before_the_end_of_the_query_breaks_b4(kind: str, *, whole: bool) -> None:
    finding = the_one(asks(ASK[:4], whole=whole), kind)
    assert (finding.verdict.value, finding.clause, finding.blames) == ("failed", "B4", "ls")
    assert "LS asked ts1 for 'a.ex' when only 'a.ex' of the line 'a.example' had come" in finding.sentence


def test_the_next_query_is_told_of_the_half_before_it_by_which_all_are_shifted() -> None:
    stage = asks(ASK[:4], whole=True)
    stage.facts = [fact for fact in stage.facts if fact[0] < 9.0]
    stage.query("b.example", 7.0, missing("ample"), 1.0, expect=answer("2.2.2.2", 0.0))
    stage.stop(9.0)
    assert "LS asked ts1 for 'a.ex'" in the_one_about(stage, "ann.2")


def the_one_about(stage: Stage, query: str) -> str:
    (finding,) = [found for found in broken(judged(stage, "expected")) if found.query == query]
    return finding.sentence


@pytest.mark.parametrize("kind", ALWAYS)
def test_who_sends_the_pieces_of_a_query_on_as_they_come_is_sound(kind: str) -> None:
    stage = Stage()
    query = stage.ask(ASK, 1.2, expect=answer("1.1.1.1", 0.0))
    stage.part("ann->ls", ASK[:4], 1.0)
    for server in ("ts1", "ts2"):
        stage.part(f"ls->{server}", ASK[:4], 1.001)
    stage.fan(ASK, 1.201)
    stage.says("ts1", A, 1.202)
    stage.reply(query, A, 1.203)
    stage.done(2.0)
    stage.stop()
    assert silent(stage, kind)


@pytest.mark.parametrize("kind", ALWAYS)
def test_who_sends_the_pieces_of_an_answer_on_as_they_come_is_sound(kind: str) -> None:
    stage = Stage()
    query = stage.ask(ASK, 1.0, expect=answer("1.1.1.1", 0.1))
    stage.fan(ASK, 1.001)
    stage.part("ts1->ls", A[:6], 1.002)
    stage.part("ls->ann", A[:6], 1.003)
    stage.says("ts1", A, 1.1)
    stage.reply(query, A, 1.101)
    stage.done(2.0)
    stage.stop()
    assert silent(stage, kind)


def test_a_name_that_another_client_had_asked_is_no_half() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.query("a", 0.5, None, 0, "bob", fan=False)
    query = stage.ask(ASK, 2.0, expect=answer("1.1.1.1", 0.0))
    stage.part("ann->ls", ASK[:4], 1.0)
    stage.fan("a", 1.001)
    stage.reply(query, missing(ASK), 7.001)
    stage.stop(9.0)
    assert "LS asked ts1" not in the_one_about(stage, "ann.1")


@pytest.mark.parametrize(
    ("text", "expect", "name", "clause"),
    [(A, answer("1.1.1.1"), ASK, "C3"), (missing(NONE), not_found(), NONE, "C5")],
    ids=["an_answer", "not_found"],
)
def test_a_reply_without_its_end_is_told_as_one(text: str, expect: object, name: str, clause: str) -> None:
    stage = Stage()
    query = stage.ask(name, 1.0, expect=expect)  # type: ignore[arg-type]
    stage.fan(name, 1.001)
    if name == ASK:
        stage.says("ts1", A, 1.002)
    stage.part("ls->ann", text, 6.001)
    stage.outcome(query, "no_reply", 16.0)
    stage.stop(17.0)
    finding = the_one(stage, "expected")
    assert (finding.clause, finding.blames) == (clause, "ls")
    assert f"LS sent '{text}' without the end of its line" in finding.sentence
