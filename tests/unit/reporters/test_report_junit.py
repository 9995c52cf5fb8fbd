"""junit.xml: what CI systems read."""

from pathlib import Path
from xml.etree import ElementTree as ET

import xmlschema
from report_cases import ALL, bundle

from lab.reporters.base import Bundle
from lab.reporters.junit import draw
from lab.result import RunResult
from lab.verdict import Verdict

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))
TEXT = draw(bundle())
ROOT = ET.fromstring(TEXT.encode())


def test_it_keeps_the_schema() -> None:
    SCHEMA.validate(TEXT)
    SCHEMA.validate(draw(Bundle(RunResult(verdict=Verdict.SKIPPED))))


def test_each_scenario_is_a_case_whose_ending_says_its_verdict() -> None:
    endings = {
        case.get("name"): [child.tag for child in case if child.tag != "system-out"] for case in ROOT.iter("testcase")
    }
    assert endings == {
        "slow_ts": [],
        "late_answer": ["failure"],
        "killed_ts": ["failure"],
        "refused_door.back-at-2s": ["error"],
        "ten_clients": [],
        "hostile": ["failure"],
        "silent_door": ["skipped"],
        "port_taken": ["error"],
    }


def test_the_counts_are_those_of_the_cases() -> None:
    assert (ROOT.get("tests"), ROOT.get("failures"), ROOT.get("errors")) == (str(len(ALL)), "3", "2")


def test_the_properties_say_how_to_repeat_it() -> None:
    suite = next(suite for suite in ROOT if suite.get("name") == "killed_ts")
    told = {item.get("name"): item.get("value") for item in suite.iter("property")}
    assert told["seed"] == "7"
    assert told["clock"] == "jump"
    assert told["level"] == "beyond"
    assert told["clauses"] == "B2"


def test_what_xml_forbids_is_written_out() -> None:
    hostile = next(case for case in ROOT.iter("testcase") if case.get("name") == "hostile")
    assert "\\x00\\x1b[31m \\xff\\ud800" in "".join(hostile.itertext())
    assert "<script>alert" in (hostile.find("failure").get("message") or "")
