"""What to look for in an LS that answers wrongly, late or not at all: a hint for each pattern. Texts only."""

from collections.abc import Mapping

BARE: Mapping[str, str] = {"long_line": "long_message", "glued_answers": "answer_ignored"}
"""What is said in place of those of `IN_LINES` that can be seen where nothing marks the end of a message."""

IN_LINES: Mapping[str, str] = {
    "glued_answers": (
        "Two lines of a TS came in one read. A read returns whatever has come: half a line, or three. Look at what"
        " your LS does with what follows the first {end}: each line must be looked at, not only the first, and not all"
        " as one."
    ),
    "glued_queries": (
        "Several queries of the client came in one read. Look at what your LS does with what follows the first {end}"
        " of what it read from the client: the rest are queries too, to be kept and answered one after the other."
    ),
    "in_pieces": (
        "A line came in pieces. Look at what your LS does with a read that brings no {end}: it must keep the piece,"
        " add the next read to it, and take the line only when its {end} has come."
    ),
    "half_query": (
        "Look at where your LS reads from the client: what one read returns need not be a whole query. It must keep"
        " what it has until the {end} comes, and ask only then."
    ),
    "half_line": (
        "Look at where your LS reads from a TS: what one read returns need not be a whole line. It must keep what it"
        " has until the {end} comes, and relay nothing before. If the TS ends first, there was no answer."
    ),
    "no_newline": (
        "Look at where your program sends its reply: the {end} at the end is missing. The client cannot know that the"
        " reply is whole until that has come."
    ),
    "long_line": (
        "The line is long, though no longer than is allowed. Look at the number that you give to your read, and at the"
        " size of your buffers: a line that does not fit must be read on until its {end}."
    ),
}

OF_REPLIES: Mapping[str, str] = {
    "long_message": (
        "The message is long, though no longer than is allowed. Look at the number that you give to your read, and at"
        " the size of your buffers: the whole of the message must fit."
    ),
    "queued_query": (
        "The query came while LS still waited for an answer to the one before. Look at whether your LS reads from the"
        " client meanwhile, and what it then does with what it read: it must keep it, and take its turn later."
    ),
    "counts_from_arrival": (
        "The query had to wait behind another one. Look at when your LS begins to count: the time of a query begins"
        " when the one before it has its reply, not when it is read."
    ),
    "dropped_at_done": (
        "Queries were still unanswered when the client said that it was done. Look at what your LS does when it reads"
        " the client's last word, or its end: first it must answer what it was asked before, then close."
    ),
    "stale_unread": (
        "The line is the answer to the query before, which your LS had given up. It came too late and lay unread in"
        " the connection to the TS, so that the next read found it. Look at what your LS compares before it relays a"
        " line: the first field must be the name that is asked now. Other lines must be thrown away, and the wait go"
        " on."
    ),
    "stale_answer": (
        "The line is the answer to another query, not to the one that is open. Look at what your LS compares before it"
        " relays a line: the first field must be the name that is asked now. Other lines must be thrown away, and the"
        " wait go on with the time that is left."
    ),
    "any_line": (
        "Nobody had asked for the name in that line. Look at what your LS compares before it relays a line of a TS:"
        " the first field must be the name that is asked now."
    ),
    "no_answer_relayed": (
        "A TS sent a line that is no answer, and your LS relayed it. Look at what your LS demands of a line before it"
        " takes it for the answer: the name, an address, and A. Other lines must be thrown away, and the wait go on."
    ),
    "out_of_step": (
        "An earlier query of this client got a line that was not its own, and the replies after it may be out of step"
        " because of it. Look for the first failure of this client, and mend that first."
    ),
    "extra_line": (
        "Your LS sent a line that no TS had sent it. The client takes every line for the reply to its oldest query."
        " Look for whatever your LS sends besides replies: a greeting, a prompt, text meant for the screen."
    ),
    "wrong_order": (
        "A later query was answered first. Look at how your LS keeps several queries of one client: they are answered"
        " in the order in which they came."
    ),
    "mixed_sessions": (
        "One client got what another had asked for. Look for what your clients share: a global variable, or a"
        " connection to a TS. Each query needs a name, a time and a client of its own."
    ),
    "relays_both": (
        "Both TSes answered, and your LS sent both answers. Look at what it does when it has relayed one: the query is"
        " over then, and what comes later belongs to nobody."
    ),
    "two_answers": (
        "Both TSes had answered, and the client got neither. Look at what your LS does when two connections are ready"
        " at once: it may relay either, or end this session with an error, but not go on waiting."
    ),
    "late_answer_passed_on": (
        "The query had its reply, and then came one more line. Look at what your LS does with a line that comes when"
        " no query is open: it must be read and thrown away, not sent to the client."
    ),
    "two_replies": (
        "Your LS sent more than one line for one query. Look for a second place that sends for the same query, and for"
        " code that goes on after it has replied where it should stop."
    ),
    "case_sensitive": (
        "The name was asked with other capital letters than the table has, and the answer has the table's. Look at"
        " where your LS compares the name of a line with the one that was asked: upper and lower case make no"
        " difference there."
    ),
    "answer_case": (
        "The line differs from the TS's in upper and lower case only. Look for a change to lower or upper case: it may"
        " be made in a copy that is compared, but the line itself must go on as it came."
    ),
    "answer_changed": (
        "The line is not, byte for byte, what the TS sent. Look for code that takes the line apart and puts it"
        " together again, or strips it: what was read must be sent, blanks and tabs as well."
    ),
    "answer_cut": (
        "The client got only a part of the TS's line. Look at what your LS sends: the whole line, with its name and"
        " its type, not one field of it."
    ),
    "not_found_wording": (
        "Your LS means to say not found, but in other words. Compare your text with the expected line character by"
        " character: capitals, the blanks around the dash, and that there is none behind the colon."
    ),
    "not_found_name": (
        "The wording is right, but the name is not as the client wrote it. Look at which variable goes into that line:"
        " it must be what was asked, unchanged, not the lower-case copy that is compared."
    ),
    "not_found_other_name": (
        "Your LS says not found of another name than the one that is asked. Look at which variable goes into that"
        " line, and whether it may still be that of an earlier query, or of another client."
    ),
    "answer_ignored": (
        "The TS's answer reached your LS in time, and it was not relayed. Look at how the name of a line is compared"
        " (blanks or an end of line left on it?), and whether the connection it came on is among those your LS waits"
        " for."
    ),
    "lost_with_ts": (
        "A TS was dead or in trouble, and the other one's answer reached your LS and was not relayed. Look at what"
        " your LS does when a read or a connect fails, or a read returns nothing: it must go on waiting for the others."
    ),
    "stopped_by_other_line": (
        "Before this, a line came that is no answer to the open query. Look at what your LS does after such a line: it"
        " must go on waiting, for what is left of the {wait}."
    ),
}

OF_WAITS: Mapping[str, str] = {
    "gives_up_early": (
        "Look at the time-out that your LS sets, and from when it counts: not found may be said {wait} after the"
        " query, and no sooner."
    ),
    "gives_up_on_dead": (
        "A TS could not be reached, and your LS said not found without waiting. Look at what it does when it cannot"
        " connect, or when a connection has ended: the client must still be told after {wait}, not before, for another"
        " TS may answer."
    ),
    "gives_up_late": (
        "Look at how your LS counts its {wait}: one end of the wait, fixed when the query comes. Look for a wait that"
        " is begun again in a loop, and for one TS waited for after the other."
    ),
    "two_waits": (
        "The time is that of several waits of {wait}, one after the other. Look at whether your LS waits for TS1 first"
        " and for TS2 then: it must wait for all at once, with one time-out."
    ),
    "restarts_on_bytes": (
        "Bytes came from a TS meanwhile. Look at whether your LS begins its wait anew whenever it has read something:"
        " what is left must be worked out before every wait, from an end that is fixed when the query comes."
    ),
    "restarts_on_lines": (
        "A line that is no answer came meanwhile. Look at whether your LS begins its wait anew after it has read one:"
        " what is left must be worked out before every wait, from an end that is fixed when the query comes."
    ),
    "late_with_dead_ts": (
        "A TS was dead or in trouble meanwhile. Look for a step that waits for that TS alone (connecting, sending,"
        " reading): it may take no time from the others, and add none to the {wait}. If your LS is as late with every"
        " TS alive, look for a fixed pause or a wrong time-out."
    ),
    "wall_clock": (
        "The date of the machine was changed meanwhile. Look at the clock from which your LS works out its wait: it"
        " must be one that only counts forwards (a monotonic clock), not the time of day."
    ),
    "relays_too_late": (
        "The answer came when the {wait} were over, and not found was due. Look for a wait without a time-out, or with"
        " one that is begun again."
    ),
    "unpunctual": (
        "This is a small delay. Look at the time-out that is set, and for a loop that looks at the time only now and"
        " then: a wait for exactly what is left is punctual."
    ),
    "never_gives_up": (
        "Nobody answered, and your LS still waits. Look for a read or a wait that has no time-out, and what happens"
        " after it: when {wait} are over, the client must be told."
    ),
    "hung_with_ts": (
        "A TS was dead, silent or out of reach, and your LS hung. Look for a step that waits for that TS alone,"
        " without a time-out: connecting, sending or reading. All waiting belongs in one place that watches everybody,"
        " for what is left of the {wait}."
    ),
    "dials_blocking": (
        "A TS could not be reached, and your LS hung before it had asked the other. Look at connect: where nobody"
        " answers, it waits for minutes. It must not keep your LS from asking the others."
    ),
    "holds_answer": (
        "Your LS had the answer and kept it for a while. Look at what it does between reading and sending: a sleep, a"
        " wait for the other TS, or a loop that looks only now and then."
    ),
    "reads_in_turn": (
        "Your LS had the answer and sent it only after a whole wait of {wait}. Look at whether it waits for one TS"
        " first, and reads from the other only when that wait is over: it must wait for all at once."
    ),
    "slow_to_ask": (
        "Your LS had the query and did not ask at once. Look at what it does between reading and asking: a sleep,"
        " connecting anew, or a loop that looks only now and then."
    ),
    "busy_wait": (
        "Your program computes while it should wait. Look for a loop that reads without blocking and goes round at"
        " once, or for a connection that has ended (a read returns nothing) and is still watched: it is ready for ever."
    ),
}

OF_ASKING: Mapping[str, str] = {
    "not_all_asked": (
        "At least one TS was never sent this query. Look at where your LS asks: is every TS in that loop, or is the"
        " next one asked only when the one before has not answered? All must be asked, before your LS waits for any."
    ),
    "unasked_with_dead_ts": (
        "A TS was dead or in trouble, and another one was not asked. Look at the loop in which your LS asks: is every"
        " TS in it, and does it go on when a connect or a send to one of them fails, or takes its time?"
    ),
    "one_after_another": (
        "The TSes were asked one after the other, with a wait between. Look at where your LS asks: first it must send"
        " to all, and only then wait, for all together."
    ),
    "keeps_cache": (
        "The name had been asked before, and this time not every TS was asked. Look for answers that your LS keeps:"
        " every query must go to every TS again."
    ),
    "no_reconnect": (
        "A TS had been away and was there again, but your LS made no use of it. Look at what happens to a connection"
        " that has failed: it must be dropped, and the TS connected to again for a later query."
    ),
}
