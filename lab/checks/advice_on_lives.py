"""What to look for in a server that will not start, ends, leaks or keeps others waiting, and in a TS or a client."""

from collections.abc import Mapping

OF_LIVES: Mapping[str, str] = {
    "start_traceback": (
        "The program ended with an error before it listened. Look at its output: the last line says which error, and"
        " those above it in which line of your program."
    ),
    "not_listening": (
        "The program runs, but not on its port. Look at the order of your arguments (the port to listen on comes"
        " first), at the port that is bound, and for anything that waits before it listens."
    ),
    "port_taken": (
        "The port was in use when the program bound it. Look at which port it binds (its argument, or a number of its"
        " own?), and for an earlier run of it that still lives."
    ),
    "needs_ts_at_start": (
        "A TS was not there when your LS started, and LS did not start either. Look for a connect to the TSes before"
        " LS listens, and for what happens when it fails: LS must serve without them. If it does not start with every"
        " TS there either, look at its arguments."
    ),
    "wrong_arguments": (
        "The program was started with an argument that it cannot use. Look at where it reads its arguments: it must"
        " say on standard error what is wrong, and exit with the status that is expected, not listen, and not die of"
        " it."
    ),
    "printed_otherwise": (
        "The program did not print what it was to print, or printed what it was not to. Look at what it printed, and"
        " at the place in your program that prints it: is it reached, and is the output sent off at once (flushed)?"
    ),
    "traceback": "Look at the last lines of the program's output: they say which error nobody caught, and where.",
    "exits_with_client": (
        "Your LS ended when a client left. Look at what stands after the loop that serves a client: LS must go back"
        " and accept the next one."
    ),
    "dies_with_client": (
        "Your LS died of an error when a client left. Look at every read from and send to a client: either can fail,"
        " as the client may be gone. Then that session ends, and nothing else. Its last output says where."
    ),
    "dies_with_ts": (
        "Your LS died when a TS was away or in trouble. Look at every connect, send and read to a TS: each can fail,"
        " and a read that returns nothing means that the TS has gone. LS must go on with the others. Its last output"
        " says where."
    ),
    "dies_of_odd_line": (
        "Your LS died of a line that is not what it expects. Look at where bytes are decoded, split into fields or"
        " converted: each can fail on what a stranger sends. Its last output says where."
    ),
    "starved": (
        "No more connections could be opened, and your LS ended. Look at accept and at whatever opens a connection:"
        " they may fail for a while, and then LS must wait a little and go on."
    ),
    "spins_starved": (
        "No more connections could be opened, and your LS tried again without a pause. Look at the loop around accept:"
        " after a failure it must wait a little."
    ),
    "no_reuseaddr": (
        "Started again, your LS found its port taken, by connections of its former life. Look at the options that are"
        " set before bind: SO_REUSEADDR must be among them."
    ),
    "restarts_slowly": (
        "Started again, your LS did not listen at once. Look at what it does before it listens: connecting, waiting,"
        " trying again after a failure to bind."
    ),
    "exits": "Your program ended by itself. Look at its last output, which says why, and for an exit in your own code.",
    "deaf": "Your LS no longer listens. Look for a close of the listening socket while it should serve on.",
    "no_accept": (
        "This client was not served at all. Look at whether your LS goes back to accept once it has served a client,"
        " and whether its listening socket stays open."
    ),
    "one_client_at_a_time": (
        "A client waited while another one's query was open. Look at whether your LS serves one client to the end"
        " before it reads from the next: it must watch all of them, with a thread for each or with one wait for all."
    ),
    "closes_after_reply": (
        "Your LS closed the session after a reply. Look at where the client's connection is closed: only when the"
        " client has said that it is done, or has closed its own side. A loop must read the next query."
    ),
    "ends_session_with_ts": (
        "A TS was dead or in trouble, and your LS ended the client's session. Look at what your LS does when a"
        " connect, send or read to a TS fails: that TS is out for this query, but the client must still get its reply."
        " If the whole program died, its last output says why."
    ),
    "ends_session_by_line": (
        "A TS sent a line that is no answer, and your LS ended the client's session. Look at what it does with such a"
        " line: throw it away, and go on waiting."
    ),
    "ends_session": (
        "Your LS closed the session where a reply was due. Look at what it does when its wait is over, and what an"
        " error in the middle of a query leads to: the client must be told, and kept. If the whole program died, its"
        " last output says why."
    ),
    "idle_timeout": (
        "Your LS closed the session of a client that had said nothing for a while. Look for a time-out on the client's"
        " connection: it must be for the wait for an answer only."
    ),
    "takes_done_for_name": (
        "Your LS asked a TS for the client's last word, as if it were a host name. Look at what is compared with that"
        " word: an end of line or a blank may still be on it."
    ),
    "session_left_open": (
        "The client had ended its session, and your LS did not close it. Look at what happens when the client says its"
        " last word, or when a read from it returns nothing: then LS must close the connection."
    ),
    "leaks_descriptors": (
        "Sessions are over, and their connections are still open. Look at every way out of a session, by errors too:"
        " the client's connection must be closed, and those to the TSes that were opened for it."
    ),
    "leaks_threads": (
        "Sessions are over, and their threads are still there. Look at what a thread waits for: when its client is"
        " gone and the time is over, it must come to its end."
    ),
    "leaks_memory": (
        "Memory grows with every session. Look for a list or a table to which every session adds, and from which none"
        " is taken away."
    ),
    "leaves_process": (
        "A process that your program had started was still there when the program was stopped. Look at what it starts"
        " (a shell, a helper), and whether it ends that when it is ended itself."
    ),
}

OF_OTHERS: Mapping[str, str] = {
    "ts_says_not_found": (
        "The TS answered for a name that it does not have. Look at what it does when the look-up finds nothing: it"
        " must send nothing at all, keep the connection, and read on. Saying not found is for LS."
    ),
    "ts_line_changed": (
        "What the TS sent is not the line of its table. Look at how it keeps its table and what it sends: the whole"
        " line, as it stands in the file, with name, address and type, in the file's own case."
    ),
    "ts_case": (
        "The name was asked with other capital letters than the table has. Look at where the TS looks names up: both"
        " the table's name and the query must be brought to one case for that, but the line must be sent as it is in"
        " the file."
    ),
    "ts_silent": (
        "The TS was asked for a name of its table and said nothing. Look at whether it read the table (which file, in"
        " which folder?), and whether an end of line or a blank is still on the query when it is looked up. If it"
        " answers other connections, look at whether it serves more than one."
    ),
    "ts_one_connection": (
        "The TS does not answer on a later connection. Look at whether it goes back to accept, and whether one open"
        " connection keeps it from reading another: LS may open several."
    ),
    "ts_exits": (
        "The TS ended by itself. Look at what it does when LS closes a connection, or a read returns nothing: it must"
        " accept the next one. Its last output says more."
    ),
    "ts_closes": (
        "The TS closed its connection to LS. Look at where it closes: it must go on reading queries until LS closes."
    ),
    "ts_slow": "The TS took its time. Look for a sleep, or for a table that is read anew for every query.",
    "ts_twice": (
        "The TS sent a line for which there was no query. Look for a loop that does not stop at the first entry that"
        " it finds, and for two places that send."
    ),
    "client_no_file": (
        "The client wrote no file. Look at its last output, and at the name and folder of the file: it is written"
        " where the profile says, even if LS closed."
    ),
    "client_skips_misses": (
        "The client left out a name that was not found. Look for a condition around the writing: every name has a"
        " line, also the one that says not found."
    ),
    "client_drops_last": (
        "The last line is missing. Look at what the client does after its last name: it must wait for that reply and"
        " write it before it closes, and close the file."
    ),
    "client_asks_other": (
        "The client did not ask what its file of names says. Look at how it reads the names: one a line, in order,"
        " also those that come twice, and the last one even without an end of line."
    ),
    "client_writes_other": (
        "The client wrote another line than LS had sent. Look at what is done to a reply before it is written, and"
        " whether one read may have brought more or less than one reply."
    ),
    "client_too_many": (
        "The client wrote more lines than it had names. Look for blank lines, and for an old file added to."
    ),
    "scenario_errs": (
        "No server is blamed for this. Look at the scenario first: whether its tables and faults can give what it"
        " expects of this query."
    ),
    "other": (
        "Follow what happened from the top, with your program beside it: the first line at which it should have done"
        " something else is the place to look at."
    ),
}
