"""What was seen of programs when they were tried: records, without any of the trying."""

from dataclasses import dataclass, field

from lab.survey.arguments import Layout
from lab.survey.framing import Framing


@dataclass(frozen=True)
class Server:
    """How a server is started.

    Attributes:
        words: Its command, with placeholders.
        table: The file with its table, seen from its folder; empty where it is not known.
        port: The port that is fixed in its text; 0 where it takes one.
    """

    name: str
    words: str
    table: str = ""
    port: int = 0


@dataclass
class Spoken:
    """One session with LS.

    Attributes:
        trouble: Why there was none; empty if there was one.
        greeting: What came before anything was asked.
        reply: The bytes of the answer; empty if none came.
        forwarded: What reached the TS that knows the name; empty where it was not heard.
        at_start: How many connections to TSes LS had when nobody had come to it.
        at_client: How many when a client had come, and had asked nothing.
        closes: Whether LS closed after its answer.
    """

    framing: Framing
    trouble: str = ""
    greeting: bytes = b""
    reply: bytes = b""
    forwarded: bytes = b""
    at_start: int = 0
    at_client: int = 0
    closes: bool = False


@dataclass
class Missed:
    """What LS said of a name that nobody knows.

    Attributes:
        reply: Empty if it said nothing.
        seconds: After how many it was said, or given up.
    """

    reply: str
    seconds: float


@dataclass
class Left:
    """What LS did when a client took its leave with a word, or without one.

    Attributes:
        closed: Whether it closed the connection.
        exited: Whether it ended itself.
        serves_again: Whether it answered a second client.
    """

    word: str
    closed: bool
    exited: bool
    serves_again: bool


@dataclass
class Answered:
    """What came of a TS.

    Attributes:
        layout: The order of arguments in which it was started.
        trouble: Why it did not listen; empty if it did.
        reply: The bytes it answered; empty if none.
        needs_peer: Whether it dialled the other TS when it started.
    """

    server: Server
    layout: Layout
    framing: Framing
    trouble: str = ""
    reply: bytes = b""
    needs_peer: bool = False


@dataclass
class Asked:
    """What a client did.

    Attributes:
        layout: The order of arguments in which it was started.
        trouble: Why it never asked; empty if it did.
        framing: In which it asked; None if it did not.
        farewell: Its last word; empty if it just closed; None if it did not come to its end.
        connections: How many it made.
        answers: The file that it wrote what it was told into; empty if there is none.
    """

    layout: Layout
    trouble: str = ""
    framing: Framing | None = None
    farewell: str | None = None
    connections: int = 0
    answers: str = ""


@dataclass
class Seen:
    """All of it.

    Attributes:
        layout: The order of arguments in which LS listened and dialled; None if in none.
        spoken: A session for each framing that was tried.
        framing: The one that LS is content with; None if there is none.
        tops: By name.
        not_tried: Why nothing was tried; empty if it was.
    """

    layout: Layout | None = None
    spoken: list[Spoken] = field(default_factory=list)
    framing: Framing | None = None
    missed: Missed | None = None
    lefts: list[Left] = field(default_factory=list)
    tops: dict[str, Answered] = field(default_factory=dict)
    asked: Asked | None = None
    not_tried: str = ""

    @property
    def session(self) -> Spoken | None:
        """The session in the framing that LS is content with."""
        return next((spoken for spoken in self.spoken if spoken.framing == self.framing and spoken.reply), None)
