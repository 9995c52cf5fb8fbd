from pathlib import Path

import pytest

from lab.errors import BadInput
from lab.scenario.commands import fill
from lab.scenario.load import load_text
from lab.scenario.model import Profile, Scenario
from lab.scenario.planning import added, kept, plan
from lab.scenario.profile import load_profile
from lab.scenario.references import check_against
from lab.scenario.replacing import with_command
from lab.scenario.suiting import unsuited

REFERENCE = Path("servers/reference.yaml")
HEAD = "lab: scenario/1\nstory: A story.\n"


@pytest.fixture
def reference() -> Profile:
    return load_profile(REFERENCE)


def profile(text: str, folder: Path) -> Profile:
    file = folder / "p.yaml"
    file.write_text(f"lab: profile/1\n{text}")
    return load_profile(file)


def against(text: str, system: Profile) -> list[str]:
    (one,) = load_text(HEAD + text, "f.yaml")
    return [f"{item.line}:{item.column}: {item.path}: {item.what}" for item in check_against(one, system)]


def test_the_reference_profile_is_two_tses_and_an_ls_that_dials_them(reference: Profile) -> None:
    assert [(server.name, server.dials) for server in reference.servers] == [
        ("ts1", ()),
        ("ts2", ()),
        ("ls", ("ts1", "ts2")),
    ]
    assert [server.name for server in reference.upstreams] == ["ts1", "ts2"]
    assert reference.server("ts1").run == reference.server("ts2").run
    assert (reference.patience, reference.serves, reference.front) == (15.0, "many", "ls")
    assert reference.here == str(REFERENCE.resolve().parent)


def test_a_command_is_a_text_split_without_a_shell_or_a_list(tmp_path: Path) -> None:
    one = profile(
        "servers: {ts1: {run: \"a 'b c' $HOME\"}, ls: {run: [d, 'e f', '{ts1.port}'], start_within: 2s}}", tmp_path
    )
    assert one.server("ts1").run == ("a", "b c", "$HOME")
    assert one.server("ls").run == ("d", "e f", "{ts1.port}")
    assert one.server("ls").start_within == 2.0


def test_like_shares_the_command_and_the_time_to_start(tmp_path: Path) -> None:
    one = profile(
        "servers: {ls: {run: 'l {b.port}'}, a: {run: 'x {port}', start_within: 9s}, b: {like: c}, c: {like: a}}",
        tmp_path,
    )
    assert one.server("b").run == ("x", "{port}")
    assert one.server("b").start_within == 9.0


def test_placeholders_are_filled_inside_words_and_doubled_braces_stand_for_one() -> None:
    values = {"port": "5", "ts1.host": "127.0.0.1", "ts1.port": "6"}
    words = ("--listen={host}:{port}", "{ts1.host}:{ts1.port}", "{{port}}")
    assert fill(words, values) == ["--listen=127.0.0.1:5", "127.0.0.1:6", "{port}"]
    with pytest.raises(KeyError):
        fill(("{table}",), values)


def test_a_role_is_replaced_on_the_command_line(reference: Profile) -> None:
    one = with_command(reference, "ls", "mine {port} {ts2.port}")
    assert one.server("ls").run == ("mine", "{port}", "{ts2.port}")
    assert one.server("ls").dials == ("ts2",)
    both = with_command(reference, "ts", "other {port} {table}")
    assert {both.server(name).run for name in ("ts1", "ts2")} == {("other", "{port}", "{table}")}
    client = with_command(reference, "client", "c {ls.port}").client
    assert client is not None
    assert client.run == ("c", "{ls.port}")


def test_a_command_without_placeholders_gets_the_arguments_of_the_one_it_replaces(reference: Profile) -> None:
    run = with_command(reference, "ls", "python3 servers/ls.py").server("ls").run
    assert run[:2] == ("python3", str(Path("servers/ls.py").resolve()))
    assert run[2:] == ("{port}", "{ts1.host}", "{ts1.port}", "{ts2.host}", "{ts2.port}")


@pytest.mark.parametrize("command", ["", "a 'b", "a {prot}", "a {", "a {ls.port}"])
def test_a_wrong_command_is_bad_input(reference: Profile, command: str) -> None:
    with pytest.raises(BadInput) as caught:
        with_command(reference, "ls", command)
    assert "--ls" in caught.value.complaints[0].what
    assert caught.value.complaints[0].cure


def test_a_plan_knows_what_judging_needs(reference: Profile) -> None:
    text = (
        "level: beyond\nclauses: [B1]\ntables: {ts1: {A.example: 1.1.1.1}}\n"
        "faults: [{absent: ts2}, {delay: {flow: ts1->ls, by: 3s}, optional: true}]\n"
        "clients:\n  ann: [{ask: a.example, expect: {answer: 1.1.1.1}}, close]\n  bob: {by: program, ask: b}\n"
    )
    (one,) = load_text(HEAD + text, "f.yaml")
    made = plan(one, reference)
    assert [(query.client, query.id, query.ask) for query in made.queries] == [
        ("ann", "ann.1", "a.example"),
        ("bob", "bob.1", "b"),
    ]
    assert [(client.name, client.by, client.stays) for client in made.clients] == [
        ("ann", "lab", False),
        ("bob", "program", True),
    ]
    assert [(server.name, server.is_ts) for server in made.servers] == [("ts1", True), ("ts2", True), ("ls", False)]
    assert made.lines_for("a.EXAMPLE") == {"ts1": "A.example 1.1.1.1 A"}
    assert [(fault.id, fault.where, fault.harms, fault.flows, fault.optional) for fault in made.faults] == [
        ("absent1", "ts2", ("ts2",), (), False),
        ("delay1", "ts1->ls", (), ("ts1->ls",), True),
    ]
    assert (made.level, made.clauses, made.patience, made.serves_many) == ("beyond", ("B1",), 15.0, True)


def test_a_scenario_that_fits_its_profile_has_no_complaint(reference: Profile) -> None:
    text = (
        "tables: {ts1: {a: 1.1.1.1}}\n"
        "faults:\n  - delay: {flow: '*->ls', by: 1s}\n  - drop: {flow: ls->ann}\n  - refuse: {link: ls->ts2}\n"
        "    when: {listening: ts1}\n  - kill: {server: ls, point: before_read}\n    when: {sent: ann->ls}\n"
        "clients: {ann: [{ask: a}, {wait: {exited: ls}}]}\n"
    )
    assert against(text, reference) == []


def test_what_a_scenario_names_and_the_system_has_not_is_complained_about(reference: Profile) -> None:
    text = (
        "tables: {ts3: {a: 1.1.1.1}, ls: {b: 2.2.2.2}}\n"
        "faults:\n"
        "  - delay: {flow: ts1->ts2, by: 1s}\n"
        "  - refuse: {link: ts1->ls}\n"
        "  - absent: ts9\n"
        "    when: {listening: lss}\n"
        "clients:\n"
        "  ann: [{ask: a}, {wait: {sent: bob->ls}}]\n"
    )
    assert against(text, reference) == [
        "3:10: tables.ts3: there is no server ts3",
        "3:29: tables.ls: ls has no table: its command has no {table}",
        "5:19: faults[0].delay.flow: there is no flow ts1->ts2",
        "6:20: faults[1].refuse.link: ls dials ts1, not the other way round",
        "7:13: faults[2].absent.server: there is no server ts9",
        "8:23: faults[2].when.listening: there is no server lss",
        "10:19: wait: there is no flow bob->ls",
    ]


def test_a_client_may_not_have_the_name_of_a_server(reference: Profile) -> None:
    found = against("clients: {ts1: [{ask: a}]}", reference)
    assert found == ["3:11: clients.ts1: ts1 is the name of a server of servers/reference.yaml"]


def test_a_scenario_with_a_program_client_does_not_suit_a_system_without_a_client(tmp_path: Path) -> None:
    system = profile("servers: {ls: {run: ls}}", tmp_path)
    (scenario,) = load_text("lab: scenario/1\nstory: s\nclients: {ann: {by: program, ask: a}}", "s.yaml")
    assert "its client ann is a program" in unsuited(scenario, system)
    assert against("clients: {ann: {by: program, ask: a}}", system) == []


TAKES = (
    "servers: {ts1: {run: 't {port} {table}'}, ls: {run: 'l {port} {ts1.port}', "
    "options: {timeout: '--timeout={value}', ts: [-t, '{value}', '{{}}']}}}"
)


def with_options(text: str) -> Scenario:
    (one,) = load_text(f"{HEAD}{text}\nqueries: [{{ask: a}}]", "s.yaml")
    return one


def test_options_add_to_a_command_the_words_that_the_profile_says_with_those_that_the_scenario_says(
    tmp_path: Path,
) -> None:
    one = with_options("options: {ls: {ts: [127.0.0.1, '{1}'], timeout: two and a half}}")
    server = profile(TAKES, tmp_path).server("ls")
    assert server is not None
    assert added(one, server) == ["-t", "127.0.0.1", "{1}", "{}", "--timeout=two and a half"]
    assert added(with_options(""), server) == []


def test_like_shares_the_options_too_unless_there_are_some_of_its_own(tmp_path: Path) -> None:
    text = "servers: {ls: {run: l}, a: {run: x, options: {v: '-v {value}'}}, b: {like: a}, c: {like: a, options: {}}}"
    one = profile(text, tmp_path)
    assert [one.server(name).options for name in "abc"] == [{"v": ("-v", "{value}")}] * 2 + [{}]


def test_a_command_that_replaces_another_has_none_of_its_options_unless_it_is_known_to(reference: Profile) -> None:
    own = reference.server("ls").options
    assert with_command(reference, "ls", "mine {port}").server("ls").options == {}
    assert with_command(reference, "ls", "mine {port}", keeps_options=True).server("ls").options == own != {}
    assert with_command(reference, "ts", "mine {port}").server("ls").options == own


def test_a_scenario_does_not_suit_a_system_without_its_options_or_with_less_patience_than_its_ls(
    tmp_path: Path,
) -> None:
    system = profile(TAKES, tmp_path)
    assert unsuited(with_options("options: {ls: {ts: a}}"), system) == ""
    missing = "it gives ls the option host, which the command of ls does not have"
    assert unsuited(with_options("options: {ls: {ts: a, host: b}}"), system) == missing
    slow = "options: {ls: {timeout: x}}\ngives_up: %s"
    assert unsuited(with_options(slow % "14s"), system) == ""
    assert (
        unsuited(with_options(slow % "14500ms"), system) == "its ls gives up only after 14.5 s, and clients wait 15 s"
    )


def test_options_are_for_servers_that_the_system_has(reference: Profile) -> None:
    found = against("options: {lss: {timeout: '2'}}\nqueries: [{ask: a}]", reference)
    assert found == ["3:11: options.lss: there is no server lss"]


def test_what_is_left_out_of_a_command_goes_with_the_words_that_speak_of_it(tmp_path: Path) -> None:
    server = profile(
        "servers: {ts1: {run: t}, ts2: {like: ts1}, ls: {run: 'l {port} {ts1.host} {ts1.port} -b{ts2.port} {{ts2}}'}}",
        tmp_path,
    ).server("ls")
    assert kept(with_options("leaves_out: {ls: ts1}"), server) == ("l", "{port}", "-b{ts2.port}", "{{ts2}}")
    assert kept(with_options("leaves_out: {ls: [ts1, ts2], ts1: []}"), server) == ("l", "{port}", "{{ts2}}")
    assert kept(with_options(""), server) == server.run


def test_what_is_left_out_stands_in_a_command_which_is_to_be_refused(reference: Profile) -> None:
    assert against("leaves_out: {ls: [ts1, ts2]}\nchecks: [{refuses: ls}]", reference) == []
    assert against("leaves_out: {lss: ts1, ts1: ls}\nqueries: [{ask: a}]\nchecks: [{refuses: ts1}]", reference) == [
        "3:14: leaves_out.lss: there is no server lss",
        "3:29: leaves_out.ts1[0]: the command of ts1 does not speak of ls anyway",
    ]
    assert against("leaves_out: {ls: ts1}\nqueries: [{ask: a}]", reference) == [
        "3:14: leaves_out.ls: ls is not told of all its servers, and nothing says that it is to refuse that",
    ]


def test_a_plan_knows_when_ls_gives_up_and_who_refuses_what_it_is_started_with(reference: Profile) -> None:
    text = "options: {ls: {timeout: '2'}}\ngives_up: 2s\nchecks: [{refuses: ls}]"
    (one,) = load_text(HEAD + text, "f.yaml")
    made = plan(one, reference)
    assert made.gives_up == 2.0
    assert [server.name for server in made.servers if server.refuses] == ["ls"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("protocol: padded", "protocol: padded needs to know how many bytes a message has; add message_bytes: with"),
        ("message_bytes: 200", "message_bytes: line has messages of any length; leave it out"),
        ("protocol: {padded: 200}", "protocol: a mapping stands where a text belongs"),
        ("protocol: null", "protocol: there is no protocol null; did you mean nul?"),
        ("order: [ls]", "order: ts1 is missing; name each of them once: ts1, ls"),
        ("order: [ls, ts1, ts1]", "order: ts1 is no server of this profile, or named twice"),
    ],
)
def test_what_does_not_fit_together_in_a_profile_is_complained_about(
    tmp_path: Path, fields: str, complaint: str
) -> None:
    path = tmp_path / "profile.yaml"
    servers = "{ts1: {run: './ts {port} {table}'}, ls: {run: './ls {port} {ts1.port}'}}"
    path.write_text(f"lab: profile/1\n{fields}\nservers: {servers}\n", encoding="utf-8")
    with pytest.raises(BadInput) as raised:
        load_profile(path)
    assert complaint in str(raised.value)


def test_a_server_has_from_the_one_that_it_is_like_whatever_it_does_not_say_itself(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(
        "lab: profile/1\nservers:\n"
        "  ts1: {run: './ts {port}', copy_of: ., table_file: one.txt, environment: {A: b}, pause: 1s}\n"
        "  ts2: {like: ts1, table_file: two.txt, pause: 0s}\n"
        "  ls: {run: './ls {port} {ts1.port}'}\n",
        encoding="utf-8",
    )
    profile = load_profile(path)
    one, two = profile.server("ts1"), profile.server("ts2")
    assert one is not None
    assert two is not None
    assert (two.copy_of, two.environment, two.run) == (str(tmp_path), {"A": "b"}, one.run)
    assert (one.table_file, two.table_file, one.pause, two.pause) == ("one.txt", "two.txt", 1.0, 0.0)
    assert [server.name for server in profile.upstreams] == ["ts1", "ts2"]
    assert [[server.name for server in row] for row in profile.start_rows] == [["ts1"], ["ts2"], ["ls"]]


FIXED = """
servers:
  ts1: {run: t, port: 50008, table_file: t.txt}
  ts2: {run: 't {port}', table_file: t.txt}
  ts3: {like: ts1}
  ls: {run: 'l {ts2.port}', dials: [ts1], port: 50007}
"""


def test_a_server_dials_those_that_its_command_names_and_those_that_it_knows(tmp_path: Path) -> None:
    one = profile(FIXED, tmp_path)
    assert one.server("ls").dials == ("ts2", "ts1")
    assert one.server("ls").knows == ("ts1",)
    assert [server.port for server in one.servers] == [50008, 0, 50008, 50007]
    assert one.fixed_ports == {50007, 50008}
    assert [server.name for server in one.start_order][-1] == "ls"


def test_a_command_that_replaces_another_is_taken_to_know_the_same_servers(tmp_path: Path) -> None:
    one = with_command(profile(FIXED, tmp_path), "ls", "other {ts3.port}")
    assert one.server("ls").dials == ("ts3", "ts1")
    assert one.server("ls").port == 50007


def test_servers_that_know_each_other_are_a_circle_too(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="in a circle: ls -> ts1 -> ls"):
        profile("servers: {ts1: {run: t, port: 1, dials: [ls]}, ls: {run: l, port: 2, dials: [ts1]}}", tmp_path)


def test_who_knows_a_server_cannot_be_left_in_the_dark_about_it(tmp_path: Path) -> None:
    (one,) = load_text(f"{HEAD}leaves_out: {{ls: ts1}}\nchecks: [{{refuses: ls}}]", "f.yaml")
    assert unsuited(one, profile(FIXED, tmp_path)) == "ls is not to know of ts1, and knows it"
    (other,) = load_text(f"{HEAD}leaves_out: {{ls: ts2}}\nchecks: [{{refuses: ls}}]", "f.yaml")
    assert not unsuited(other, profile(FIXED, tmp_path))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("replace: {flow: ts1->ls, by: text, text: abcdefghij}", ""),
        ("replace: {flow: ts1->ls, by: text, text: abcdefghijk}", "it has messages of 11 bytes, and those of"),
        ("invent: {flow: ts1->ls, line: '{name} 1.2'}", ""),
        ("invent: {flow: ts1->ls, line: '{name} 1.23'}", "it has messages of 11 bytes, and those of"),
    ],
)
def test_what_faults_say_must_fit_into_a_message_too(fault: str, reason: str, tmp_path: Path) -> None:
    text = "protocol: padded\nmessage_bytes: 10\nnot_found: '{name} -'\n"
    servers = "servers: {ts1: {run: 't {port} {table}'}, ls: {run: 'l {port} {ts1.port}'}}"
    (one,) = load_text(f"{HEAD}faults: [{fault}]\nqueries: [{{ask: a-name}}]", "s.yaml")
    told = unsuited(one, profile(text + servers, tmp_path))
    assert told.startswith(reason)
    assert bool(told) == bool(reason)
