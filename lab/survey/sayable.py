"""What a profile can say of a system: what it cannot is told in words, so that what is written always loads."""

import re
from collections.abc import Callable, Collection, Mapping

from lab.survey.draft import Draft, Told

FILE = re.compile(r"\.?[^/.][^/]*")


def _is_line(text: str) -> bool:
    return text.isprintable() and text == text.strip()


def _is_wording(text: str) -> bool:
    return text.isprintable() and text == text.rstrip() and text.startswith("{name} ") and len(text) > len("{name} ")


def _is_answer(text: str) -> bool:
    return text.isprintable() and text == text.rstrip() and text.startswith("{line}") and text.count("{line}") == 1


def _is_file(text: str) -> bool:
    return bool(FILE.fullmatch(text)) and text.isprintable()


def _is_size(text: str) -> bool:
    return text.isdigit() and 1 <= int(text) <= 1 << 16


LIMITS: Mapping[str, Callable[[str], bool]] = {
    "farewell": _is_line,
    "greeting": _is_line,
    "not_found": _is_wording,
    "answer": _is_answer,
    "message_bytes": _is_size,
    "table_file": _is_file,
    "names_file": _is_file,
    "answers_file": _is_file,
}


def keep_to_the_format(draft: Draft, of_system: Collection[str], of_server: Collection[str]) -> None:
    """Take out what no profile can say, and say it in a sentence.

    Args:
        draft: What there is to say.
        of_system: The fields that a profile has.
        of_server: Those that a server has.
    """
    _keep(draft, draft.fields, of_system)
    _keep(draft, draft.client, draft.client)
    for server in draft.servers:
        _keep(draft, server.fields, of_server)


def _keep(draft: Draft, fields: dict[str, Told], known: Collection[str]) -> None:
    for name, told in tuple(fields.items()):
        if name not in known or not _fits(name, told):
            del fields[name]
            seen = f" ({told.why})" if told.why else ""
            draft.unknown.append(f"{name} would be {told.value!r}, which a profile cannot say{seen}")


def _fits(name: str, told: Told) -> bool:
    fits = LIMITS.get(name)
    return fits is None or (isinstance(told.value, str) and fits(told.value))
