"""How each hint is shown that no broken server brings out in the scenario that must catch it: by whom, and where.

`tests/golden/hints/record.py` records a tape of each, named like its pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HINTED = "tests/fixtures/hinted"
REFERENCE = "servers/reference.yaml"


@dataclass(frozen=True, slots=True)
class Shown:
    """A run that brings out a pattern.

    Attributes:
        program: Who is wrong, by the name of its difference or program in `tests/fixtures/hinted` or `servers/broken`;
            empty where all programs are sound.
        scenario: The scenario's file, with a case behind `#`; empty: the one that its difference says must catch it.
        system: The profile.
        besides: Other patterns that show in the same run.
    """

    program: str = ""
    scenario: str = ""
    system: str = REFERENCE
    besides: tuple[str, ...] = ()


SHOWN: Mapping[str, Shown] = {
    "answer_ignored": Shown("ls_hears_ts1_only"),
    "any_line": Shown("ls_takes_any_line", "scenarios/answers/other_name_ts1.yaml"),
    "client_no_file": Shown("client_writes_elsewhere"),
    "client_too_many": Shown("client_writes_done"),
    "client_writes_other": Shown("client_writes_addresses"),
    "deaf": Shown("ls_closes_its_door", besides=("no_accept",)),
    "ends_session": Shown("ls_raises_at_the_end"),
    "exits": Shown("ls_ends_when_nobody_comes"),
    "glued_answers": Shown("ls_glued_answers", "scenarios/answers/glued_answers_ts1.yaml"),
    "half_line": Shown("ls_takes_half_lines", "scenarios/answers/unended_line_ts1.yaml"),
    "hung_with_ts": Shown("ls_waits_for_a_line"),
    "late_answer_passed_on": Shown("ls_passes_all_on"),
    "late_with_dead_ts": Shown("ls_waits_to_connect", besides=("slow_to_ask",)),
    "leaks_memory": Shown("ls_keeps_buffers"),
    "leaves_process": Shown("ls_leaves_a_helper"),
    "long_message": Shown("ls_reads_100_bytes", system="tests/fixtures/datagrams/system.yaml"),
    "lost_with_ts": Shown("ls_stops_hearing"),
    "mixed_sessions": Shown(
        "ls_sends_to_the_newest", f"{HINTED}/two_wait_clients.yaml", besides=("session_left_open",)
    ),
    "needs_ts_at_start": Shown("ls_in_turn", "scenarios/processes/absent_ts1.yaml"),
    "no_accept": Shown("ls_accepts_once"),
    "no_answer_relayed": Shown("ls_takes_any_line", "scenarios/answers/almost_an_answer_ts1.yaml#no_address"),
    "no_newline": Shown("ls_sends_no_newline"),
    "not_found_other_name": Shown("ls_names_the_last_answer"),
    "one_after_another": Shown("ls_asks_one_after_another", "scenarios/healthy/other_case_miss.yaml"),
    "one_client_at_a_time": Shown("ls_one_client_at_a_time", "scenarios/clients/leaves_in_mid_query_client.yaml"),
    "other": Shown(scenario=f"{HINTED}/told_to_end_ls.yaml"),
    "port_taken": Shown("ls_binds_a_ts_port"),
    "printed_otherwise": Shown("ls_says_little"),
    "queued_query": Shown("ls_drops_while_waiting", f"{HINTED}/asks_while_waiting_client.yaml"),
    "reads_in_turn": Shown("ls_in_turn", "scenarios/healthy/known_by_ts2.yaml"),
    "relays_too_late": Shown("ls_never_gives_up", "scenarios/answers/late_during_query_ts2.yaml"),
    "scenario_errs": Shown(scenario=f"{HINTED}/expects_another_address.yaml"),
    "stale_unread": Shown("ls_in_turn", "scenarios/answers/late_while_idle_ts1.yaml", besides=("two_waits",)),
    "start_traceback": Shown("ls_takes_another_argument"),
    "stopped_by_other_line": Shown("ls_gives_up_at_another_line"),
    "ts_closes": Shown("ts_closes_at_a_miss"),
    "two_answers": Shown("ls_drops_two_answers"),
    "two_waits": Shown("ls_in_turn", "scenarios/healthy/known_by_nobody.yaml", besides=("reads_in_turn",)),
    "unasked_with_dead_ts": Shown("ls_connects_in_turn"),
    "wrong_order": Shown("ls_answers_from_the_last", besides=("out_of_step",)),
}
