"""The page: self-contained, safe, and readable by everybody."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from report_cases import ALL, NASTY, bundle

from lab.reporters.base import Bundle
from lab.reporters.diagram import diagram
from lab.reporters.page import TEMPLATES, bar, draw
from lab.result import QueryResult, RunResult, ScenarioResult
from lab.verdict import Verdict

VOID = {"meta", "link", "br", "img"}
PAGE = draw(bundle())
CSS = (TEMPLATES / "page.css").read_text()


class Reader(HTMLParser):
    """Collects what the page is made of; every element must be closed where it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_every_element_is_closed_where_it_was_opened() -> None:
    assert read(PAGE).seen


def test_it_needs_no_network_and_no_script() -> None:
    seen = read(PAGE).seen
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in seen}
    assert all(not name.startswith("on") for _, attrs in seen for name in attrs)
    assert all((attrs.get("href") or "#").startswith("#") and "src" not in attrs for _, attrs in seen)
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_every_link_leads_somewhere_and_no_id_is_given_twice() -> None:
    seen = read(PAGE).seen
    ids = [attrs["id"] for _, attrs in seen if "id" in attrs]
    links = [attrs["href"] for _, attrs in seen if "href" in attrs]
    assert len(ids) == len(set(ids))
    assert {(link or "")[1:] for link in links} <= set(ids)


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    page = draw(bundle("hostile"))
    assert page.encode()
    assert "<script" not in page
    assert "49" not in "".join(read(page).said).replace("499", "")
    assert "\\x00\\x1b[31m \\xff\\ud800 \\u202egnp.exe ]]> &amp; {{ 7*7 }} \\uffff" in "".join(read(page).said)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", page)


def test_an_endless_line_is_capped() -> None:
    drawn = bundle("hostile")
    scenario = drawn.run.scenarios[0].model_copy(update={"outputs": {"ls": "z" * 5_000_000}, "story": NASTY * 10_000})
    page = draw(Bundle(drawn.run.model_copy(update={"scenarios": (scenario,)}), drawn.histories))
    assert len(page) < 100_000


def test_broken_scenarios_are_open_and_the_others_closed() -> None:
    sections = re.findall(r'<details class="scenario v-(\w+)"( open)?>', PAGE)
    assert len(sections) == len(ALL)
    assert all(bool(opened) == (verdict not in {"passed", "skipped"}) for verdict, opened in sections)


def test_a_verdict_is_said_in_words_beside_its_colour() -> None:
    badges = re.findall(r'<span class="badge v-(\w+)"><span aria-hidden="true">(.)</span> (\w+)</span>', PAGE)
    assert badges
    assert all(kind == word for kind, _, word in badges)
    assert len({sign for _, sign, _ in badges}) == len({word for _, _, word in badges})


def test_an_empty_run_has_a_page_too() -> None:
    assert "No scenario ran." in draw(Bundle(RunResult(verdict=Verdict.SKIPPED)))


@pytest.mark.parametrize("name", [name for name, case in ALL.items() if case()[1] is not None])
def test_a_diagram_is_well_formed(name: str) -> None:
    scenario, history = ALL[name]()
    assert history is not None
    assert ET.fromstring(diagram(scenario, history)).attrib["role"] == "img"


def test_a_bar_shows_the_outcome_against_its_window() -> None:
    told = {"client": "ann", "id": "ann.1", "ask": "a.example", "outcome": "not_found"}
    late = bar(QueryResult(**told, elapsed_s=7.0, window=(4.98, 6.0)))
    on_time = bar(QueryResult(**told, elapsed_s=5.0, window=(4.98, 6.0)))
    assert late is not None
    assert on_time is not None
    assert not late["inside"]
    assert on_time["inside"]
    assert late["seen"] > late["start"] + late["width"]
    assert on_time["start"] < on_time["seen"] < on_time["start"] + on_time["width"]
    assert bar(QueryResult(**told, elapsed_s=5.0)) is None


def palette(*, dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[0]))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[1])) if dark else {})


def luminance(colour: str) -> float:
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


INKS = ["ink", "faint", "link", "passed", "failed", "inconclusive", "skipped", "error"]
PAIRS = [(ink, ground) for ink in INKS for ground in ("paper", "card", "sunk", "near")]
PAIRS += [(verdict, f"{verdict}-bg") for verdict in Verdict]
PAIRS += [("ink", f"h{hue}") for hue in range(6)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_by_wcag_aa(ink: str, ground: str, *, dark: bool) -> None:
    colours = palette(dark=dark)
    assert contrast(colours[ink], colours[ground]) >= 4.5


def test_a_repeat_that_passed_has_a_row_only_and_one_that_did_not_its_section_too() -> None:
    names = {Verdict.PASSED: "fine", Verdict.FAILED: "poor", Verdict.SKIPPED: "left"}
    repeats = [
        ScenarioResult(name=f"{name}.run2", path="p", verdict=verdict, turn=2) for verdict, name in names.items()
    ]
    first = ScenarioResult(name="fine", path="p", verdict=Verdict.PASSED)
    page = draw(Bundle(RunResult(verdict=Verdict.FAILED, scenarios=(first, *repeats))))
    rows = re.findall(r'<th scope="row">(.*?)</th>', page)
    sections = re.findall(r'<span class="name">(.*?)</span>', page)
    assert [re.sub("<.*?>", "", row) for row in rows] == ["fine", "fine.run2", "poor.run2", "left.run2"]
    assert ["href" in row for row in rows] == [True, False, True, True]
    assert sections == ["fine", "poor.run2", "left.run2"]
    assert "1 repeat that passed has a row only" in page
    assert "has a row only" not in PAGE
