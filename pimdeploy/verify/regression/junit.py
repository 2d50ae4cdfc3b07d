"""JUnit XML, as CI servers read it: valid against the schemas of Apache Ant (Windy Road) and Jenkins (junit-10.xsd)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from xml.etree import ElementTree

Outcome = Literal["passed", "failure", "error", "skipped"]

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold: a message of a compiler may."""
HOST = "localhost"
"""The schema asks for a host and names this one where none is to be told: the file is the same wherever it is made."""


@dataclass(frozen=True)
class Case:
    """One test case. message: of one line, for one that did not pass. seconds: how long it took."""

    name: str
    outcome: Outcome = "passed"
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Suite:
    """Test cases under one name. properties: name to value. output: what was said beside, a line each."""

    name: str
    cases: Sequence[Case]
    properties: Mapping[str, str] = field(default_factory=dict)
    output: Sequence[str] = ()


def junit_xml(suites: Sequence[Suite], package: str, now: datetime | None = None) -> bytes:
    """Return the document of `suites`. package: what they are of. now: when they ran, by default the time that it is."""
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S")
    root = ElementTree.Element("testsuites")
    for number, suite in enumerate(suites):
        root.append(_suite(suite, package, number, stamp))
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(suite: Suite, package: str, number: int, stamp: str) -> ElementTree.Element:
    def count(outcome: Outcome) -> str:
        return str(sum(case.outcome == outcome for case in suite.cases))

    element = ElementTree.Element(
        "testsuite",
        name=_token(suite.name),
        package=_token(package),
        id=str(number),
        timestamp=stamp,
        hostname=HOST,
        tests=str(len(suite.cases)),
        failures=count("failure"),
        errors=count("error"),
        skipped=count("skipped"),
        time=f"{sum(case.seconds for case in suite.cases):.3f}",
    )
    properties = ElementTree.SubElement(element, "properties")
    for name, value in suite.properties.items():
        ElementTree.SubElement(properties, "property", name=_token(name), value=_text(value))
    for case in suite.cases:
        _case(element, case, f"{package}.{suite.name}")
    ElementTree.SubElement(element, "system-out").text = _text("\n".join(suite.output))
    ElementTree.SubElement(element, "system-err")
    return element


def _case(suite: ElementTree.Element, case: Case, class_name: str) -> None:
    element = ElementTree.SubElement(
        suite, "testcase", name=_token(case.name), classname=_token(class_name), time=f"{case.seconds:.3f}"
    )
    match case.outcome:
        case "passed":
            return
        case "skipped":
            ElementTree.SubElement(element, "skipped", message=_text(case.message))
        case "failure" | "error":
            # The message twice: some servers show the attribute alone, some the text alone.
            found = ElementTree.SubElement(element, case.outcome, message=_text(case.message), type=case.outcome)
            found.text = _text(case.message)


def _text(text: str) -> str:
    return NO_XML.sub("?", text)


def _token(text: str) -> str:
    """Return `text` as the schema's token: no space at its ends, one between words, never empty."""
    return " ".join(_text(text).split()) or "?"
