"""The reference programs in other protocols: the same programs, but for how a message ends on the wire."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.running import ROOT

BLOCK = 200
BLOCKS = f"""
def blocks(data):
    whole = len(data) - len(data) % {BLOCK}
    return [*(data[at : at + {BLOCK}].rstrip() for at in range(0, whole, {BLOCK})), data[whole:]]


def padded(text):
    return text.ljust(-(-max(len(text), 1) // {BLOCK}) * {BLOCK})


"""
PROFILE = """\
lab: profile/1
protocol: {protocol}
servers:
  ts1: {{run: "{{python}} {{here}}/ts.py {{port}} {{table}}"}}
  ts2: {{like: ts1}}
  ls:
    run: "{{python}} {{here}}/ls.py {{port}} {{ts1.host}} {{ts1.port}} {{ts2.host}} {{ts2.port}}"
    options: {{timeout: "--timeout {{value}}", host: "--host {{value}}", ts: "{{value}}"}}
"""
SPLIT, END = re.compile(r'\(((?:self\.)?rest \+ chunk)\)\.split\(b"\\n"\)'), re.compile(r'([\w.]+) \+ b"\\n"')


def in_nul(text: str) -> str:
    """A server's source with a zero byte at the end of a message."""
    return END.sub(r'\1 + b"\\0"', SPLIT.sub(r'(\1).split(b"\\0")', text))


def in_blocks(text: str) -> str:
    """A server's source with messages of `BLOCK` bytes."""
    text = END.sub(r"padded(\1)", SPLIT.sub(r"blocks(\1)", text))
    first = re.search(r"^(?=(?:def|class) )", text, re.MULTILINE)
    assert first is not None
    return text[: first.start()] + BLOCKS.lstrip() + text[first.start() :]


def in_reads(text: str) -> str:
    """A server's source in which whatever one read brings is a message."""
    return END.sub(r"\1", SPLIT.sub(r'[chunk, b""]', text))


MADE: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "nul": ("nul", in_nul),
    "raw": ("raw", in_reads),
    "padded": (f"padded\nmessage_bytes: {BLOCK}", in_blocks),
}


def system(protocol: str, folder: Path) -> Path:
    """The profile of LS and TSes that speak a protocol, made in a folder."""
    said, make = MADE[protocol]
    for name in ("ls", "ts"):
        source = (ROOT / "servers" / f"{name}.py").read_text(encoding="utf-8")
        made = make(source)
        assert len(END.findall(source)) >= 1, f"{name}.py does not end its messages as it did"
        assert len(SPLIT.findall(source)) >= 1, f"{name}.py does not cut its messages as it did"
        (folder / f"{name}.py").write_text(made, encoding="utf-8")
    profile = folder / f"{protocol}.yaml"
    profile.write_text(PROFILE.format(protocol=said), encoding="utf-8")
    return profile
