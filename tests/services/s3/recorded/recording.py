"""A recorded test: AWS's answers by name, and how ours are compared with them.

A recording holds answers, not the requests they were given to. Where it was made, names, moments and ids were replaced:
``<bucket:1>`` stands for one value wherever it is told again, and for another than ``<bucket:2>``; ``<region>`` for
some value; a member's own name in small letters (``"server": "server"``) for any text; ``datetime`` for a moment.
Everything else is compared literally.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError

#: Recorded tests that tests of this package replay, as (file, test).
REPLAYED: set[tuple[str, str]] = set()

_PLACEHOLDER = re.compile(r"<([a-z][a-z0-9_-]*)(:\d+)?>")
#: Words in angle brackets that are HTML, not names of values.
_HTML = {"html", "head", "title", "body", "h1", "h3", "ul", "li", "hr"}
#: Words that stand for any text, where they were not made of a member's own name.
_STAND_INS = {"date", "amz-id", "amz-request-id", "sequencer", "object-sequencer"}
#: What an answer's metadata has beside its status, of which recordings keep nothing. The last is botocore's own word
#: for the checksum that it compared.
_METADATA = {"RequestId", "HostId", "RetryAttempts", "HTTPHeaders", "ChecksumAlgorithm"}


def recorded(file: str, *tests: str) -> pytest.MarkDecorator:
    """Run a test for each of these recorded tests of a file (``s3/test_s3.json``), which it gets as `recording`."""
    REPLAYED.update((file, test) for test in tests)
    return pytest.mark.parametrize("recording", [(file, test) for test in tests], indirect=True, ids=list(tests))


@functools.cache
def recordings(file: Path) -> dict[str, Any]:
    """The recorded tests of a file: by test, its answers by name."""
    tests = json.loads(file.read_text())
    return {test: content.get("recorded-content", content) for test, content in tests.items()}


class Recording:
    """The answers of one recorded test, and which of them were given again."""

    def __init__(self, test: str, answers: dict[str, Any]) -> None:
        self.test = test
        self.answers = answers
        self.given: set[str] = set()
        self.failed = False
        #: Values by what stands for them in the recording.
        self.values: dict[str, str] = {}
        self._unknown: dict[str, str] = {}

    @property
    def parameter(self) -> str:
        """What the recorded test's name has in square brackets."""
        return self.test.partition("[")[2].removesuffix("]")

    def unknown(self, recorded: str, ours: str) -> None:
        """Take `ours` for what was recorded: a digest, quoted or not, of content that was not recorded, or a
        word that was put in its place."""
        self._unknown[recorded.strip('"')] = ours.strip('"')

    def equals(self, name: str, answer: Any) -> Any:
        """The answer is the recorded one. Returns it."""
        self.failed = True
        assert name in self.answers, f"nothing was recorded by that name, but {sorted(self.answers)}"
        found = list(self._differences(self.answers[name], told(answer), ""))
        assert not found, f"{name} of {self.test} differs:\n" + "\n".join(found)
        self.given.add(name)
        self.failed = False
        return answer

    def refuses(self, name: str, call: Callable[..., Any], /, **arguments: Any) -> None:
        """The call is refused with the recorded error."""
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        self.equals(name, caught.value.response)

    def _differences(self, recorded: Any, ours: Any, path: str) -> Iterator[str]:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            if path.endswith("/Headers"):
                recorded, ours = _in_small_letters(recorded), _in_small_letters(ours)
            for name in sorted(recorded.keys() | ours.keys()):
                where = f"{path}/{name}"
                if name not in ours:
                    yield f"{where}: recorded {recorded[name]!r}, and ours has none"
                elif name not in recorded:
                    yield f"{where}: ours has {ours[name]!r}, and none was recorded"
                elif not (isinstance(ours[name], str) and _is_own_name(name, recorded[name])):
                    yield from self._differences(recorded[name], ours[name], where)
        elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
            for index, (one, other) in enumerate(zip(recorded, ours, strict=True)):
                yield from self._differences(one, other, f"{path}/{index}")
        elif not (self._is(recorded, ours) if isinstance(recorded, str) else recorded == ours):
            yield f"{path}: recorded {recorded!r}, ours {ours!r}" + (
                f" (of {self.values})" if isinstance(recorded, str) and _PLACEHOLDER.search(recorded) else ""
            )

    def _is(self, recorded: str, ours: Any) -> bool:
        if recorded == "datetime":
            return isinstance(ours, dt.datetime)
        if not isinstance(ours, str):
            return False
        if recorded in _STAND_INS:
            return True
        for digest, our_digest in self._unknown.items():
            recorded = recorded.replace(digest, our_digest)
        return recorded == ours or self._fits(recorded, ours)

    def _fits(self, recorded: str, ours: str) -> bool:
        """Whether our text is the recorded one with each placeholder standing for one value, and each for another."""
        pattern, names = "", []
        position = 0
        for found in _PLACEHOLDER.finditer(recorded):
            name = found.group()
            if found[1] in _HTML:
                continue
            pattern += re.escape(recorded[position : found.start()])
            position = found.end()
            if name in self.values:
                pattern += re.escape(self.values[name])
            elif found[2] and name in names:
                pattern += f"(?P=p{names.index(name)})"
            else:
                pattern += f"(?P<p{len(names)}>.+?)"
                names.append(name)
        match = re.fullmatch(pattern + re.escape(recorded[position:]), ours, re.DOTALL)
        if match is None:
            return False
        found_values = {name: match[f"p{index}"] for index, name in enumerate(names) if ":" in name}
        taken = {(_kind(name), value) for name, value in self.values.items()}
        if any((_kind(name), value) in taken for name, value in found_values.items()):
            return False
        if len({(_kind(name), value) for name, value in found_values.items()}) < len(found_values):
            return False
        self.values.update(found_values)
        return True


def told(answer: Any) -> Any:
    """An answer as recordings hold it: bodies read, and of the metadata the status and no headers."""
    if isinstance(answer, dict):
        return {name: _metadata(value) if name == "ResponseMetadata" else told(value) for name, value in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [told(value) for value in answer]
    if hasattr(answer, "read"):
        answer = answer.read()
    return answer.decode() if isinstance(answer, bytes) else answer


def http_answer(response: Any) -> dict[str, Any]:
    """An answer over plain HTTP as recordings hold it: its body (as `xml` where it is), its headers and its status."""
    if not response.text.startswith("<?xml"):
        return {"Body": response.text, "Headers": dict(response.headers), "StatusCode": response.status_code}
    headers = _in_small_letters(response.headers)
    # AWS sends documents in chunks, ours tell their length: the service's pages list it as a deviation.
    assert headers.pop("content-length") == str(len(response.content))
    headers["transfer-encoding"] = "chunked"
    return {"Body": xml(response.text), "Headers": headers, "StatusCode": response.status_code}


def xml(text: str | bytes) -> dict[str, Any]:
    """A document as recordings hold it: texts by element, a list where one comes again, None where one is empty."""
    root = ET.fromstring(text)
    namespace, _, name = root.tag[1:].rpartition("}") if root.tag.startswith("{") else ("", "", root.tag)
    content = _element(root)
    return {name: {"@xmlns": namespace, **content} if namespace else content}


def _element(element: ET.Element) -> Any:
    if not len(element):
        return element.text
    found: dict[str, Any] = {}
    for child in element:
        name, value = child.tag.rpartition("}")[2], _element(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _in_small_letters(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    return {"HTTPHeaders": {}, **{name: value for name, value in metadata.items() if name not in _METADATA}}


def _kind(placeholder: str) -> str:
    return placeholder.partition(":")[0]


def _is_own_name(name: str, recorded: Any) -> bool:
    """Whether a recorded value is its member's name alone, with hyphens, which stands for any value."""
    return isinstance(recorded, str) and _letters(recorded) == _letters(name) and recorded == recorded.lower()


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
