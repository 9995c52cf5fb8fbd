"""A role's command replaced by one of the command line."""

from collections.abc import Sequence
from pathlib import Path

from lab.errors import BadInput
from lab.scenario.commands import OF_CLIENT, OF_SERVER, dials, split, troubles
from lab.scenario.document import cure_of, spec
from lab.scenario.model import ClientSpec, Profile, ServerSpec

ROLES = ("ls", "ts", "client")


def with_command(profile: Profile, role: str, command: str, *, keeps_options: bool = False) -> Profile:
    """The profile with the command of one role replaced.

    A command without placeholders of its own, such as `python3 ls.py`, gets the arguments of the one it replaces.
    Words that are paths of existing files are made absolute, since servers run in a folder of their own.
    The options of the one it replaces are not taken for its own, unless it is known to have them.

    Args:
        profile: The profile.
        role: `ls` (the server that clients dial), `ts` (every TS) or `client`.
        command: Split as a shell would split it.
        keeps_options: Whether it takes the options that the profile names.

    Raises:
        BadInput: The command is wrong, or the profile has no such role.
    """
    if role == "client":
        old = profile.client or ClientSpec(run=())
        words = _replaced(command, old.run, OF_CLIENT, [profile.front], "--client")
        return profile.model_copy(update={"client": old.model_copy(update={"run": words})})
    front = [server for server in profile.servers if server.name == profile.front]
    chosen = {"ls": front, "ts": list(profile.upstreams)}.get(role, [])
    if not chosen:
        raise BadInput.because(f"{profile.path} has no server in the role {role}", f"the roles are {', '.join(ROLES)}")
    new = {server.name: _with_run(server, command, profile, role) for server in chosen}
    if not keeps_options:
        new = {name: server.model_copy(update={"options": {}}) for name, server in new.items()}
    return profile.model_copy(update={"servers": tuple(new.get(server.name, server) for server in profile.servers)})


def _with_run(server: ServerSpec, command: str, profile: Profile, role: str) -> ServerSpec:
    peers = [other.name for other in profile.servers if other != server]
    words = _replaced(command, server.run, OF_SERVER, peers, f"--{role}")
    return server.model_copy(update={"run": words, "dials": tuple(dict.fromkeys((*dials(words), *server.knows)))})


def _replaced(
    command: str, old: Sequence[str], known: Sequence[str], peers: Sequence[str], option: str
) -> tuple[str, ...]:
    try:
        words = _absolute(split((command,)))
    except ValueError as error:
        raise BadInput.because(f"{option}: {spec(str(error))}", cure_of(str(error))) from None
    if not any("{" in word for word in words):
        words = (*words, *_arguments(old))
    for what, cure in troubles(words, known, peers):
        raise BadInput.because(f"{option}: {what}", cure)
    return words


def _arguments(words: Sequence[str]) -> Sequence[str]:
    """The words from the first one on that has a placeholder other than `{python}` and `{here}`."""
    own = ("{python}", "{here}")
    for index, word in enumerate(words):
        for name in own:
            word = word.replace(name, "")  # noqa: PLW2901 - what is left of the word
        if "{" in word:
            return words[index:]
    return ()


def _absolute(words: Sequence[str]) -> tuple[str, ...]:
    first, *rest = words
    program = str(Path(first).absolute()) if "/" in first and "{" not in first else first
    return (program, *(str(Path(word).resolve()) if word and Path(word).is_file() else word for word in rest))
