"""Calls in words: a call on one line, and why an assertion about calls fails.

Owns the wording and the comparison of parameters. Must not know how calls are kept.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import CallsNotKeptError
from awsim.operation_pattern import operation_pattern

if TYPE_CHECKING:
    from awsim.call import Call

#: The longest that a value is shown.
_VALUE_LENGTH_MAX = 120
#: How many calls are shown.
_CALLS_MAX = 3
_MISSING = object()


def one_line(call: Call) -> str:
    """A call with its parameters and its error: ``sqs.SendMessage(QueueUrl='…', MessageBody='hi')``."""
    try:
        parameters = ", ".join(f"{name}={shown(value)}" for name, value in call.parameters.items())
    except CallsNotKeptError:
        parameters = "parameters no longer kept"
    failed = f" failed: {call.error}" if call.error is not None else ""
    return f"{call.name}({parameters}){failed}"


def shown(value: Any) -> str:
    """A value, shortened in its middle where it is long."""
    text = repr(value)
    if len(text) <= _VALUE_LENGTH_MAX:
        return text
    half = (_VALUE_LENGTH_MAX - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def expectation(operation: str, parameters: Mapping[str, Any]) -> str:
    """What was looked for: ``sqs.SendMessage with MessageBody='hi'``."""
    if not parameters:
        return operation
    return f"{operation} with " + ", ".join(f"{name}={shown(value)}" for name, value in parameters.items())


def differing(call: Call, parameters: Mapping[str, Any]) -> list[str]:
    """The names of the parameters that a call was not sent as given. Text is as good as its bytes, as to boto3."""
    sent = call.parameters
    return [name for name, value in parameters.items() if not _is_same(value, sent.get(name, _MISSING))]


def not_as_expected(
    operation: str, times: int | None, parameters: Mapping[str, Any], found: int, calls: Iterable[Call]
) -> str:
    """Why an assertion fails: what was expected, how many calls there were, and the nearest or the matching ones."""
    expected = {None: "at least one call", 0: "no call", 1: "1 call"}.get(times, f"{times} calls")
    lines = [f"expected {expected} of {expectation(operation, parameters)}, but there {_count(found)}."]
    pattern = operation_pattern(operation)
    every = list(calls)
    same = [call for call in every if pattern.matches(call.service, call.operation)]
    matching, others = _divided(same, parameters)
    if matching:
        lines.append("The calls that match:")
        lines += _listed(matching)
    if others and (times is None or found < times):
        others.sort(key=lambda item: len(item[1]))
        lines.append("The nearest calls:" if parameters else "The calls:")
        for call, names in others[:_CALLS_MAX]:
            lines.append(f"  {one_line(call)}")
            for name in names:
                found_there = _differences(name, parameters[name], call.parameters.get(name, _MISSING))
                lines += [f"    {line}" for line in found_there]
        lines += _more(len(others))
    if not same:
        lines.append(_what_was_called(every))
    return "\n".join(lines)


def _divided(calls: Iterable[Call], parameters: Mapping[str, Any]) -> tuple[list[Call], list[tuple[Call, list[str]]]]:
    """The calls that match, and the others with what differs, the latest of them first."""
    matching: list[Call] = []
    others: list[tuple[Call, list[str]]] = []
    for call in calls:
        try:
            names = differing(call, parameters)
        except CallsNotKeptError:
            continue
        if names:
            others.append((call, names))
        else:
            matching.append(call)
    return matching, others[::-1]


def _count(found: int) -> str:
    return {0: "was none", 1: "was 1"}.get(found, f"were {found}")


def _listed(calls: list[Call]) -> list[str]:
    return [f"  {one_line(call)}" for call in calls[:_CALLS_MAX]] + _more(len(calls))


def _more(count: int) -> list[str]:
    return [f"  and {count - _CALLS_MAX} more"] if count > _CALLS_MAX else []


def _differences(name: str, expected: Any, sent: Any) -> list[str]:
    """What differs in one parameter, by the path within it; values that are alike are left out."""
    if sent is _MISSING:
        return [f"{name}: expected {shown(expected)}, was not sent"]
    if expected is _MISSING:
        return [f"{name}: expected to be absent, was sent {shown(sent)}"]
    if isinstance(expected, Mapping) and isinstance(sent, Mapping):
        keys = [*expected, *(key for key in sent if key not in expected)]
        parts = [(f"{name}.{key}", expected.get(key, _MISSING), sent.get(key, _MISSING)) for key in keys]
    elif isinstance(expected, list) and isinstance(sent, list):
        pairs = itertools.zip_longest(expected, sent, fillvalue=_MISSING)
        parts = [(f"{name}[{index}]", *pair) for index, pair in enumerate(pairs)]
    else:
        start = _start_of_difference(expected, sent)
        return [f"{name}: expected {_from(start, expected)}, was sent {_from(start, sent)}"]
    return [line for path, *pair in parts if not _is_same(*pair) for line in _differences(path, *pair)]


def _start_of_difference(expected: Any, sent: Any) -> int:
    """Where two long texts begin to differ; 0 for what can be shown whole."""
    if not isinstance(expected, (str, bytes)) or type(expected) is not type(sent):
        return 0
    if max(len(expected), len(sent)) <= _VALUE_LENGTH_MAX:
        return 0
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(expected, sent))  # noqa: B905  # the shorter ends it
    return max(0, sum(1 for _ in alike) - 20)


def _from(start: int, value: Any) -> str:
    return f"…{shown(value[start:])}" if start else shown(value)


def _what_was_called(calls: list[Call]) -> str:
    if not calls:
        return "No call was made at all."
    counts = Counter(call.name for call in calls)
    return "The calls made: " + ", ".join(
        name if count == 1 else f"{name} ({count} times)" for name, count in counts.items()
    )


def _is_same(expected: Any, sent: Any) -> bool:
    if isinstance(expected, str) and isinstance(sent, (bytes, bytearray)):
        return expected.encode() == sent
    return bool(expected == sent)
