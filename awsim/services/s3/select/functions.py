"""The functions of S3 Select's SQL, and its aggregates."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlglot import expressions as exp

from awsim.services.s3.select.errors import EvaluatorInvalidArguments, UnsupportedSqlOperation
from awsim.services.s3.select.texts import MISSING
from awsim.services.s3.select.values import (
    calculate,
    compare,
    format_timestamp,
    is_absent,
    number,
    timestamp,
)

Evaluator = Callable[[Any], Any]
Compile = Callable[[Any], Evaluator]

_PARTS = ("year", "month", "day", "hour", "minute", "second")
_SECONDS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


class Aggregate:
    """What is made of all records: COUNT here, which the others refine."""

    def __init__(self, evaluate: Evaluator) -> None:
        self._evaluate = evaluate
        self._count = 0
        self._value: Any = None

    def add(self, record: Any) -> None:
        """Take one more record into account; what is unknown does not count."""
        value = self._evaluate(record)
        if not is_absent(value):
            self._count += 1
            self._value = value if self._count == 1 else self._join(self._value, value)

    def result(self) -> Any:
        """What has come of it."""
        return self._count

    def _join(self, total: Any, value: Any) -> Any:
        return None


class _Sum(Aggregate):
    def add(self, record: Any) -> None:
        value = self._evaluate(record)
        if not is_absent(value):
            if number(value) is None:
                raise UnsupportedSqlOperation
            self._count += 1
            self._value = number(value) if self._count == 1 else self._join(self._value, value)

    def result(self) -> Any:
        return self._value

    def _join(self, total: Any, value: Any) -> Any:
        return calculate(lambda left, right: left + right, total, value)


class _Average(_Sum):
    def result(self) -> Any:
        return None if not self._count else float(self._value) / self._count


class _Least(Aggregate):
    def result(self) -> Any:
        return self._value

    def _join(self, total: Any, value: Any) -> Any:
        return value if compare(lambda left, right: left < right, value, total) else total


class _Greatest(_Least):
    def _join(self, total: Any, value: Any) -> Any:
        return value if compare(lambda left, right: left > right, value, total) else total


AGGREGATES: dict[Any, type[Aggregate]] = {
    exp.Count: Aggregate,
    exp.Sum: _Sum,
    exp.Avg: _Average,
    exp.Min: _Least,
    exp.Max: _Greatest,
}


def _of_text(function: Callable[..., Any]) -> Callable[[Compile, Any, Any], Evaluator]:
    """A function of one text; of what is no text it is NULL."""

    def build(compile_node: Compile, node: Any, now: Any) -> Evaluator:
        argument = compile_node(node.this)

        def call(record: Any) -> Any:
            value = argument(record)
            return function(value) if isinstance(value, str) else MISSING if value is MISSING else None

        return call

    return build


def _substring(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    text, start = compile_node(node.this), compile_node(node.args["start"])
    length = compile_node(node.args["length"]) if node.args.get("length") is not None else None

    def call(record: Any) -> Any:
        value, first = text(record), number(start(record))
        if not isinstance(value, str) or first is None:
            return None
        begin, end = int(first) - 1, len(value)
        if length is not None:
            size = number(length(record))
            if size is None or size < 0:
                raise EvaluatorInvalidArguments
            end = begin + int(size)
        return value[max(begin, 0) : max(end, 0)]

    return call


def _trim(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    text = compile_node(node.this)
    characters = compile_node(node.expression) if node.args.get("expression") is not None else lambda _: None
    position = str(node.args.get("position") or "BOTH").upper()

    def call(record: Any) -> Any:
        value = text(record)
        if not isinstance(value, str):
            return None
        what = characters(record)
        if position == "LEADING":
            return value.lstrip(what)
        return value.rstrip(what) if position == "TRAILING" else value.strip(what)

    return call


# Timestamps


def _arguments(node: Any, least: int, most: int) -> list[Any]:
    found = list(node.expressions)
    if not least <= len(found) <= most:
        raise EvaluatorInvalidArguments
    return found


def _part(node: Any) -> str:
    part: str = node.name.lower()
    if part not in _PARTS:
        raise EvaluatorInvalidArguments
    return part


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else timestamp(value) if isinstance(value, str) else None


def _to_timestamp(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    (argument,) = _arguments(node, 1, 1)
    text = compile_node(argument)
    return lambda record: _moment(text(record))


def _to_string(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    moment, pattern = (compile_node(one) for one in _arguments(node, 2, 2))

    def call(record: Any) -> Any:
        value = _moment(moment(record))
        return None if value is None else format_timestamp(value, str(pattern(record)))

    return call


def _extract(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    part, moment = node.this.name.lower(), compile_node(node.expression)
    if part not in (*_PARTS, "timezone_hour", "timezone_minute"):
        raise EvaluatorInvalidArguments

    def call(record: Any) -> Any:
        value = _moment(moment(record))
        if value is None:
            return None
        if part in _PARTS:
            return getattr(value, part)
        offset = value.utcoffset() or timedelta()
        minutes = int(offset.total_seconds()) // 60
        return minutes // 60 if part == "timezone_hour" else minutes % 60

    return call


def _date_add(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    part_node, quantity_node, moment_node = _arguments(node, 3, 3)
    part, quantity, moment = _part(part_node), compile_node(quantity_node), compile_node(moment_node)

    def call(record: Any) -> Any:
        value, count = _moment(moment(record)), number(quantity(record))
        if value is None or count is None:
            return None
        if part in _SECONDS:
            return value + timedelta(seconds=int(count) * _SECONDS[part])
        months = value.year * 12 + value.month - 1 + int(count) * (12 if part == "year" else 1)
        year, month = divmod(months, 12)
        day = min(value.day, calendar.monthrange(year, month + 1)[1])
        return value.replace(year=year, month=month + 1, day=day)

    return call


def _date_diff(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    part_node, first_node, second_node = _arguments(node, 3, 3)
    part, first, second = _part(part_node), compile_node(first_node), compile_node(second_node)

    def call(record: Any) -> Any:
        start, end = _moment(first(record)), _moment(second(record))
        if start is None or end is None:
            return None
        if part in _SECONDS:
            return int((end - start).total_seconds() / _SECONDS[part])
        sign = 1 if start <= end else -1
        low, high = (start, end) if sign > 0 else (end, start)
        months = (high.year - low.year) * 12 + high.month - low.month
        if (high.day, high.time()) < (low.day, low.time()):
            months -= 1
        return sign * (months // 12 if part == "year" else months)

    return call


def _utcnow(compile_node: Compile, node: Any, now: Any) -> Evaluator:
    _arguments(node, 0, 0)
    return lambda _: now


#: By sqlglot's names of nodes, or, behind ``s3_``, by S3 Select's own.
FUNCTIONS: dict[str, Callable[[Compile, Any, Any], Evaluator]] = {
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "length": _of_text(len),
    "substring": _substring,
    "trim": _trim,
    "extract": _extract,
    "s3_to_timestamp": _to_timestamp,
    "s3_to_string": _to_string,
    "s3_date_add": _date_add,
    "s3_date_diff": _date_diff,
    "s3_utcnow": _utcnow,
}
