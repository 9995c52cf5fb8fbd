"""Rubrics: what is graded, and what it is worth, read from YAML, with the scenarios it names."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lab.errors import BadInput, Complaint
from lab.scenario.catalogue import catalogue
from lab.scenario.document import Document, Spot, Tree
from lab.scenario.guide import Guide
from lab.scenario.load import find, load
from lab.scenario.matching import DEEP, choose, is_too_deep
from lab.scenario.model import Level, Scenario
from lab.scenario.reader import read, read_file
from lab.scenario.references import unknown
from lab.scenario.rubric_shapes import PartShape, RubricShape
from lab.scenario.schema import rubric_schema
from lab.scenario.typed import boolean_keys, in_order, typed

FILLER: dict[str, Tree] = {"lab": "rubric/1", "parts": [{"title": "unknown", "points": "0", "match": "unknown"}]}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Part(_Value):
    """One part of the grade.

    Attributes:
        title: What students see of it, also if it is hidden.
        points: What it is worth.
        scenarios: The names of its scenarios, in order.
        credit: `each`: every scenario has its share; `all`: all or nothing.
        clauses: The promises that it is about; empty: those that each of its scenarios names.
        hidden: Whether students see its title and points only.
    """

    title: str
    points: float
    scenarios: tuple[str, ...]
    credit: str = "each"
    clauses: tuple[str, ...] = ()
    hidden: bool = False


class Rubric(_Value):
    """What is graded.

    Attributes:
        path: Its file.
        text: The file's text.
        level: At `contract` only findings on C-clauses cost points.
        baseline: The names of scenarios without faults, which are run first.
        repeat: How often each scenario is run.
        require: How many of these must pass.
        budget: Seconds that the whole may take.
        scenarios: All that are to be run, those of the baseline first.
    """

    path: str
    text: str
    about: str = ""
    level: Level = "contract"
    baseline: tuple[str, ...] = ()
    repeat: int = 1
    require: int = 1
    budget: float = 0.0
    parts: tuple[Part, ...] = ()
    scenarios: tuple[Scenario, ...] = ()


@cache
def guide() -> Guide:
    """What the rubric format wants where."""
    return Guide(rubric_schema())


def load_rubric(path: str | Path) -> Rubric:
    """A rubric from its file, with its scenarios.

    Raises:
        BadInput: The file or one of its scenarios cannot be read, or is wrong; all complaints at once.
    """
    data = read_file(Path(path))
    document, strict = read(data, str(path))
    if document.tree == "" and strict:
        raise BadInput(in_order(strict, []))
    result = typed(RubricShape, document, guide, FILLER)
    strict += boolean_keys(document, lambda _: False)
    shape = result.shape or _whole_fields(document, result.broken)
    maker = _Maker(document, shape, "parts" in result.broken) if shape else None
    found = [*result.complaints, *(maker.complaints() if maker else ())]
    elsewhere = maker.elsewhere if maker else []
    if strict or found or elsewhere or maker is None:
        raise BadInput([*in_order(strict, found), *elsewhere])
    return maker.rubric(data.decode("utf-8", "replace"))


def _whole_fields(document: Document, broken: frozenset[str]) -> RubricShape | None:
    """The rubric without the fields in which something is wrong, so that the names in the others are looked at."""
    tree = document.tree if isinstance(document.tree, dict) else {}
    kept = {key: value for key, value in tree.items() if key not in broken}
    try:
        return RubricShape.model_validate({**FILLER, **kept}) if broken else None
    except ValidationError:
        return None


class _Maker:
    """Makes a rubric of its shape, or says what is wrong with the names in it.

    Attributes:
        elsewhere: What is wrong with the scenarios' own files.
    """

    def __init__(self, document: Document, shape: RubricShape, is_partial: bool) -> None:  # noqa: FBT001 - one caller
        self.document = document
        self.shape = shape
        self.elsewhere: list[Complaint] = []
        self._is_partial = is_partial
        self._folder = Path(document.file).parent
        self._amiss: list[Complaint] = []
        self._unread: set[int] = set()
        self._all = {scenario.name: scenario for scenario in self._loaded()}
        self._found = [] if self.elsewhere else [list(self._of_part(*pair)) for pair in self._parts]

    @property
    def _parts(self) -> list[tuple[int, PartShape]]:
        return [] if self._is_partial else list(enumerate(self.shape.parts))

    def complaints(self) -> Iterator[Complaint]:
        """All that is wrong beyond the fields' types."""
        yield from self._amiss
        shape = self.shape
        if shape.require is not None and shape.require > shape.repeat:
            what = f"{shape.require} runs are to pass, of {shape.repeat}"
            yield self.document.complain(("require",), what, "write repeat: with at least as many")
        if not self.elsewhere:
            yield from self._baseline_complaints()
            yield from self._part_complaints()

    def rubric(self, text: str) -> Rubric:
        """The rubric; only if there are no complaints."""
        shape = self.shape
        baseline = [name for given in shape.baseline for name in self._named(given)]
        parts = tuple(
            Part(
                title=part.title,
                points=part.points,
                scenarios=tuple(names),
                credit=part.credit,
                clauses=part.clauses,
                hidden=part.hidden,
            )
            for part, names in zip(shape.parts, self._found, strict=True)
        )
        names = dict.fromkeys([*baseline, *(name for part in parts for name in part.scenarios)])
        return Rubric(
            path=self.document.file,
            text=text,
            about=shape.about,
            level=shape.level,
            baseline=tuple(dict.fromkeys(baseline)),
            repeat=shape.repeat,
            require=shape.require or shape.repeat,
            budget=shape.budget,
            parts=parts,
            scenarios=tuple(self._narrowed(self._all[name], parts) for name in names),
        )

    @staticmethod
    def _narrowed(scenario: Scenario, parts: Sequence[Part]) -> Scenario:
        """The scenario, judged by what its part is about, lest one mistake cost the points of every part."""
        of_part = next((part.clauses for part in parts if scenario.name in part.scenarios), ())
        return scenario.model_copy(update={"clauses": of_part or scenario.clauses, "is_narrow": True})

    def _loaded(self) -> Iterator[Scenario]:
        """All scenarios that it may name."""
        for index, given in enumerate(self.shape.scenarios):
            if not (self._folder / given).exists():
                what = f"there is no file or folder {given}, seen from the folder of this file"
                self._amiss.append(self.document.complain(("scenarios", index), what, "check the path"))
        paths = [path for path in map(self._folder.joinpath, self.shape.scenarios) if path.exists()]
        for file in find(paths if self.shape.scenarios else [catalogue()]):
            try:
                yield from load(file)
            except BadInput as bad:
                self.elsewhere += bad.complaints

    def _named(self, given: str) -> list[str]:
        """The scenarios of a name, or those that match its stars, if they are not too deep."""
        exact = [name for name in self._all if name == given or name.startswith(f"{given}.")]
        starred = [name for name, one in self._all.items() if fnmatchcase(name, given) and DEEP not in one.tags]
        return exact or starred

    def _of_part(self, index: int, part: PartShape) -> Iterator[str]:
        names = [name for given in part.scenarios for name in self._named(given)]
        try:
            matched = choose(tuple(self._all.values()), part.match) if part.match else []
        except BadInput as bad:
            matched = []
            self._unread.add(index)
            self._amiss += [self._complain(("parts", index, "match"), one) for one in bad.complaints]
        names += [one.name for one in matched if not is_too_deep(one.tags, part.match)]
        yield from dict.fromkeys(names)

    def _complain(self, spot: Spot, one: Complaint) -> Complaint:
        return self.document.complain(spot, one.what.removeprefix("-k "), one.cure)

    def _unknown(self, spot: Spot, names: Sequence[str]) -> Iterator[Complaint]:
        for index, given in enumerate(names):
            if not self._named(given):
                _, cure = unknown("scenario", given, self._all)
                near, mark, _ = cure.partition("? ")
                listed = f"{near}?" if mark else "lab list shows the names"
                yield self.document.complain((*spot, index), f"there is no scenario {given}", listed)

    def _baseline_complaints(self) -> Iterator[Complaint]:
        yield from self._unknown(("baseline",), self.shape.baseline)
        for index, given in enumerate(self.shape.baseline):
            harmed = [name for name in self._named(given) if self._all[name].faults]
            if harmed:
                what = f"{harmed[0]} has faults, so that it is no baseline"
                yield self.document.complain(("baseline", index), what, "name scenarios without faults only")

    def _part_complaints(self) -> Iterator[Complaint]:
        seen: dict[str, str] = {}
        for (index, part), names in zip(self._parts, self._found, strict=True):
            spot: Spot = ("parts", index)
            yield from self._unknown((*spot, "scenarios"), part.scenarios)
            if not part.scenarios and not part.match:
                yield self.document.complain(spot, "this part has no scenarios", "add scenarios: or match:")
            elif not names and not part.scenarios and index not in self._unread:
                yield self.document.complain((*spot, "match"), "no scenario matches this", "lab list shows the names")
            for name in names:
                if name in seen:
                    what = f"{name} is already in the part {seen[name]!r}"
                    yield self.document.complain(spot, what, "leave it out of one of the two, lest it count twice")
                seen.setdefault(name, part.title)
