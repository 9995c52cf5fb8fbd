"""A profile as its author writes it: the shapes that type the reader's text, and that the JSON Schema is made of."""

from typing import Annotated, Literal

from pydantic import Field

from lab.expectation import LINE, NOT_FOUND
from lab.scenario.expects import Shape
from lab.scenario.scalars import FileName, Id, OneOrMany, Party, Variable
from lab.units import Duration

RUN = "a command: a text, split as a shell would split it, or a list of words"
EXAMPLE = ["{python} {here}/ts.py {port} {table}"]
Words = Annotated[
    tuple[str, ...],
    Field(min_length=1, description="words for the end of its command", examples=["--timeout {value}"]),
    OneOrMany(),
]
Run = Annotated[tuple[str, ...], Field(min_length=1, description=RUN, examples=EXAMPLE), OneOrMany()]

Copy = Annotated[
    str | None,
    Field(
        min_length=1,
        description="a folder, seen from the profile's, of which it runs in a fresh copy",
        examples=["submission"],
    ),
]
Environment = Annotated[
    dict[Variable, str] | None,
    Field(description="what it finds in its environment besides", examples=["{JAVA_HOME: /usr/lib/jvm/default}"]),
]


Protocol = Annotated[str | None, Field(description="how its messages are cut from bytes, if not as the system's")]
Size = Annotated[int | None, Field(ge=1, le=65536, description="how many bytes each message has")]


class ServerShape(Shape):
    """One server."""

    run: Run | None = None
    like: Party | None = Field(default=None, description="the server whose command this one has too")
    start_within: Duration | None = Field(default=None, description="within which it must listen; 5s if not given")
    options: dict[Id, Words] | None = Field(
        default=None,
        description="what scenarios may add to its command, by name; {value} is what the scenario says",
        examples=['{timeout: "--timeout {value}"}'],
    )
    copy_of: Copy = None
    table_file: FileName | None = None
    environment: Environment = None
    port: int | None = Field(
        default=None, ge=1, le=65535, description="where it always listens, whatever its command says", examples=[50007]
    )
    dials: tuple[Party, ...] | None = Field(
        default=None,
        description="servers that it dials at their ports without being told, each with a port of its own",
        examples=["[ts1, ts2]"],
    )
    pause: Duration | None = Field(default=None, description="to wait, once it listens, before the next is started")
    protocol: Protocol = None
    message_bytes: Size = None


class ClientShape(Shape):
    """The client program."""

    run: Run
    copy_of: Copy = None
    names_file: FileName = "PROJ2-HNS.txt"
    answers_file: FileName = "RESOLVED.txt"
    environment: Environment = None
    protocol: Protocol = None
    message_bytes: Size = None


class ProfileShape(Shape):
    """Somebody's system: its servers, and how they are started."""

    lab: Annotated[Literal["profile/1"], Field(description="profile/1, the format of this file")]
    about: str = Field(default="", description="a sentence")
    protocol: str = Field(default="line", description="how messages are cut from bytes")
    message_bytes: Size = None
    answer: str = Field(
        default=LINE,
        description="the line with which a TS answers; {line} is that of its table",
        examples=["'{line} IN'"],
    )
    not_found: str = Field(
        default=NOT_FOUND,
        description="the line with which LS says that it found nothing; {name} is what was asked",
        examples=["'{name} - TIMED OUT'"],
    )
    farewell: str | None = Field(
        default=None,
        description="the line with which a client ends its session, done if not given; none at all if it is empty",
        examples=["EOD"],
    )
    greeting: str = Field(
        default="",
        description="a glob for a line that LS says first to each client, and that is no reply",
        examples=["'Welcome*'"],
    )
    servers: dict[Party, ServerShape] = Field(min_length=1, description="the servers by name")
    client: ClientShape | None = Field(default=None, description="the client program, if there is one")
    patience: Duration = Field(default=15.0, description="how long a client waits for a reply")
    serves: Literal["one", "many"] = Field(default="many", description="whether LS serves one client and then exits")
    front: Party = Field(default="ls", description="the server that clients dial")
    order: tuple[Party, ...] | None = Field(
        default=None, description="all servers in the order of their start; else each comes after those it dials"
    )
