"""An SQL expression of S3 Select, compiled into closures over records.

sqlglot reads the SQL; what S3 Select's dialect lets nothing but itself read (the path behind FROM, timestamps in
backticks, functions whose arguments others order otherwise) is put into plain SQL first. Facts from the User Guide's
"SQL reference for Amazon S3 Select".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs
import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from awsim.services.s3.select.errors import (
    ExpressionTooLong,
    MissingHeaders,
    ParseSelectMissingFrom,
    ParseUnexpectedToken,
    UnsupportedFunction,
    UnsupportedSqlOperation,
    UnsupportedSqlStructure,
)
from awsim.services.s3.select.functions import AGGREGATES, FUNCTIONS, Aggregate
from awsim.services.s3.select.source import CsvRow
from awsim.services.s3.select.texts import MISSING
from awsim.services.s3.select.values import calculate, cast, compare, divide, is_absent, like, number

Evaluator = Callable[[Any], Any]

_LENGTH_MAX = 256 * 1024
_FROM = re.compile(
    r"""\bfrom\s+s3object(?P<path>(?:\s*\[\s*(?:\*|\d+)\s*\]|\s*\.\s*(?:\w+|"[^"]*"|\*))*)""", re.IGNORECASE
)
_STEP = re.compile(r"""\[\s*(\*|\d+)\s*\]|\.\s*(?:"([^"]*)"|(\w+|\*))""")
_OWN_FUNCTIONS = re.compile(r"\b(date_add|date_diff|to_string|to_timestamp|utcnow)\s*\(", re.IGNORECASE)
_ION_TIMESTAMP = re.compile(r"`([^`]*)`")

_COMPARISONS = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
}
_CALCULATIONS = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
    exp.Div: divide,
    exp.Mod: lambda left, right: left - right * int(left / right),
}
_ALLOWED = frozenset(
    {"expressions", "from_", "from", "where", "limit", "kind", "hint", "distinct", "operation_modifiers"}
)


@attrs.frozen
class Query:
    """``path`` is what is behind FROM: names, positions and ``*`` for everything in a list."""

    path: tuple[str | int, ...]
    alias: str | None
    items: tuple[tuple[str, Evaluator], ...]
    where: Evaluator | None
    limit: int | None
    aggregates: tuple[Aggregate, ...]

    def run(self, records: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
        """The records that the query answers. Raises what evaluating it raises."""
        if self.limit == 0:
            return
        count = 0
        for record in _walk(records, self.path):
            if self.where is not None and self.where(record) is not True:
                continue
            if self.aggregates:
                for aggregate in self.aggregates:
                    aggregate.add(record)
                continue
            yield self._project(record)
            count += 1
            if self.limit is not None and count >= self.limit:
                return
        if self.aggregates:
            yield self._project({})

    def _project(self, record: Any) -> Mapping[str, Any]:
        answer: dict[str, Any] = {}
        for name, evaluate in self.items:
            if name == "*":
                answer.update(record if isinstance(record, Mapping) else {"_1": record})
                continue
            value = evaluate(record)
            while name in answer:  # AWS: nothing is lost of columns of the same name
                name += "_1"
            answer[name] = value
        return answer


def parse_query(text: str, *, now: Any, columns: frozenset[str] | None = None) -> Query:
    """A query from its SQL. ``columns`` are the only ones that there are, where that is known.

    Raises the errors of ``select.errors`` for what S3 Select does not take.
    """
    if len(text.encode()) > _LENGTH_MAX:
        raise ExpressionTooLong
    found = _FROM.search(text)
    path: tuple[str | int, ...] = ()
    if found is not None:
        path = tuple(
            int(index) if index.isdigit() else index or quoted or name
            for index, quoted, name in _STEP.findall(found["path"])
        )
        text = f"{text[: found.start()]}FROM S3Object {text[found.end() :]}"
    text = _ION_TIMESTAMP.sub(r"s3_to_timestamp('\1')", _OWN_FUNCTIONS.sub(r"s3_\1(", text))
    try:
        tree = sqlglot.parse_one(text)
    except (SqlglotError, RecursionError):  # or it is nested deeper than it can be read
        raise ParseUnexpectedToken from None
    if not isinstance(tree, exp.Select):
        raise ParseUnexpectedToken
    if found is None:
        raise ParseSelectMissingFrom
    if any(value for name, value in tree.args.items() if name not in _ALLOWED) or tree.args.get("distinct"):
        raise UnsupportedSqlStructure
    return _Compiler(tree, now, columns).query(path)


def _walk(records: Iterable[Any], path: tuple[str | int, ...]) -> Iterator[Any]:
    # AWS: what an object holds is a sequence already, so that S3Object and S3Object[*] are the same.
    steps = path[1:] if path[:1] == ("*",) else path
    return _descend(records, steps)


def _descend(values: Iterable[Any], steps: tuple[str | int, ...]) -> Iterator[Any]:
    if not steps:
        yield from values
        return
    step, rest = steps[0], steps[1:]
    for value in values:
        if step == "*":
            inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
            yield from _descend(inner, rest)
        else:
            found = _step(value, step)
            yield from _descend([{} if found is MISSING else found], rest)


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and 0 <= step < len(value) else MISSING
    if not isinstance(value, Mapping):
        return MISSING
    if step in value:
        return value[step]
    lower = step.lower()
    return next((one for name, one in value.items() if name.lower() == lower), MISSING)


class _Compiler:
    def __init__(self, tree: Any, now: Any, columns: frozenset[str] | None) -> None:
        self._tree = tree
        self._now = now
        self._columns = columns
        self._aggregates: list[Aggregate] = []
        source = tree.args.get("from_") or tree.args.get("from")
        table = source.this
        if not isinstance(table, exp.Table) or table.name.lower() != "s3object" or tree.args.get("joins"):
            raise UnsupportedSqlStructure
        self._alias = (table.alias or "s3object").lower()

    def query(self, path: tuple[str | int, ...]) -> Query:
        items = tuple(self._item(at, node) for at, node in enumerate(self._tree.expressions, 1))
        aggregates = tuple(self._aggregates)
        where = self._tree.args.get("where")
        limit = self._tree.args.get("limit")
        condition = self._compile(where.this) if where is not None else None
        if len(self._aggregates) > len(aggregates):
            raise UnsupportedSqlStructure  # in WHERE there are no aggregates
        return Query(path, self._alias, items, condition, self._limit(limit), aggregates)

    def _limit(self, limit: Any) -> int | None:
        if limit is None:
            return None
        if not isinstance(limit.expression, exp.Literal) or not limit.expression.this.isdigit():
            raise UnsupportedSqlStructure
        return int(limit.expression.this)

    def _item(self, position: int, node: Any) -> tuple[str, Evaluator]:
        if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
            if len(self._tree.expressions) > 1:
                raise UnsupportedSqlStructure
            return "*", lambda record: record
        if isinstance(node, exp.Alias):
            return node.alias, self._compile(node.this)
        steps = self._steps(node)
        name = next((step for step in reversed(steps or ()) if isinstance(step, str)), None)
        if steps == ():
            name = node.name
        return name or f"_{position}", self._compile(node)

    def _steps(self, node: Any) -> tuple[str | int, ...] | None:
        """A path from the record, as steps; None for what is no path."""
        if isinstance(node, exp.Column):
            parts = tuple(part.name for part in node.parts)
            return parts[1:] if parts[0].lower() in (self._alias, "s3object") else parts
        if isinstance(node, exp.Dot):
            base = self._steps(node.this)
            return None if base is None else (*base, node.expression.name)
        if isinstance(node, exp.Bracket):
            base = self._steps(node.this)
            if base is None or len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Literal):
                return None
            literal = node.expressions[0]
            return (*base, literal.this if literal.is_string else int(literal.this))
        return None

    def _compile(self, node: Any) -> Evaluator:
        steps = self._steps(node)
        if steps is not None:
            return self._path(steps)
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            compiled: Evaluator = method(node)
            return compiled
        if type(node) in _COMPARISONS:
            compared = _COMPARISONS[type(node)]
            left, right = self._compile(node.this), self._compile(node.expression)
            return lambda record: compare(compared, left(record), right(record))
        if type(node) in _CALCULATIONS:
            calculated = _CALCULATIONS[type(node)]
            first, second = self._compile(node.this), self._compile(node.expression)
            return lambda record: calculate(calculated, first(record), second(record))
        if isinstance(node, tuple(AGGREGATES)):
            return self._aggregate(node)
        if isinstance(node, exp.Func):
            return self._function(node)
        raise UnsupportedSqlOperation

    def _path(self, steps: tuple[str | int, ...]) -> Evaluator:
        if self._columns is not None and steps and steps[0] not in self._columns:
            name = str(steps[0]).lower()
            if not re.fullmatch(r"_\d+", name) and name not in {column.lower() for column in self._columns}:
                raise MissingHeaders
        if len(steps) == 1 and isinstance(steps[0], str) and re.fullmatch(r"_\d+", steps[0]):
            return _positional(steps[0], int(steps[0][1:]) - 1)

        def walk(record: Any) -> Any:
            for step in steps:
                record = _step(record, step)
            return record

        return walk

    # What sqlglot's nodes mean, by their class's name.

    def _literal(self, node: Any) -> Evaluator:
        value = node.this if node.is_string else number(node.this)
        return lambda _: value

    def _boolean(self, node: Any) -> Evaluator:
        return lambda _: bool(node.this)

    def _null(self, node: Any) -> Evaluator:
        return lambda _: None

    def _paren(self, node: Any) -> Evaluator:
        return self._compile(node.this)

    def _neg(self, node: Any) -> Evaluator:
        inner = self._compile(node.this)
        return lambda record: calculate(operator.sub, 0, inner(record))

    def _not(self, node: Any) -> Evaluator:
        inner = self._compile(node.this)

        def negate(record: Any) -> bool | None:
            value = inner(record)
            return not value if isinstance(value, bool) else None

        return negate

    def _and(self, node: Any) -> Evaluator:
        left, right = self._compile(node.this), self._compile(node.expression)

        def both(record: Any) -> bool | None:
            first = left(record)
            if first is False:
                return False
            second = right(record)
            if second is False:
                return False
            return True if first is True and second is True else None

        return both

    def _or(self, node: Any) -> Evaluator:
        left, right = self._compile(node.this), self._compile(node.expression)

        def either(record: Any) -> bool | None:
            if left(record) is True:
                return True
            second = right(record)
            if second is True:
                return True
            return False if left(record) is False and second is False else None

        return either

    def _is(self, node: Any) -> Evaluator:
        inner = self._compile(node.this)
        other = node.expression
        if isinstance(other, exp.Column) and other.name.lower() == "missing":
            return lambda record: inner(record) is MISSING
        if isinstance(other, exp.Null):
            return lambda record: is_absent(inner(record))
        if isinstance(other, exp.Boolean):
            return lambda record: inner(record) is bool(other.this)
        raise UnsupportedSqlOperation

    def _between(self, node: Any) -> Evaluator:
        value, low, high = (self._compile(node.args[name]) for name in ("this", "low", "high"))

        def between(record: Any) -> bool | None:
            found = value(record)
            above = compare(operator.ge, found, low(record))
            below = compare(operator.le, found, high(record))
            if above is False or below is False:
                return False
            return None if above is None or below is None else True

        return between

    def _in(self, node: Any) -> Evaluator:
        if not node.expressions:
            raise UnsupportedSqlOperation
        value, members = self._compile(node.this), [self._compile(one) for one in node.expressions]

        def within(record: Any) -> bool | None:
            found = value(record)
            answers = [compare(operator.eq, found, member(record)) for member in members]
            return True if True in answers else None if None in answers else False

        return within

    def _like(self, node: Any, escape: str | None = None) -> Evaluator:
        value, pattern = self._compile(node.this), self._compile(node.expression)

        def matches(record: Any) -> bool | None:
            text, wanted = value(record), pattern(record)
            return like(text, wanted, escape) if isinstance(text, str) and isinstance(wanted, str) else None

        return matches

    def _escape(self, node: Any) -> Evaluator:
        if not isinstance(node.this, exp.Like) or not isinstance(node.expression, exp.Literal):
            raise UnsupportedSqlOperation
        return self._like(node.this, node.expression.this)

    def _dpipe(self, node: Any) -> Evaluator:
        left, right = self._compile(node.this), self._compile(node.expression)

        def joined(record: Any) -> Any:
            first, second = left(record), right(record)
            return None if is_absent(first) or is_absent(second) else cast(first, "TEXT") + cast(second, "TEXT")

        return joined

    def _cast(self, node: Any) -> Evaluator:
        inner, kind = self._compile(node.this), node.to.this.name
        return lambda record: cast(inner(record), kind)

    def _case(self, node: Any) -> Evaluator:
        subject = self._compile(node.this) if node.this is not None else None
        branches = [(self._compile(one.this), self._compile(one.args["true"])) for one in node.args["ifs"]]
        default = self._compile(node.args["default"]) if node.args.get("default") is not None else lambda _: None

        def choose(record: Any) -> Any:
            for condition, value in branches:
                met = condition(record)
                if subject is not None:
                    met = compare(operator.eq, subject(record), met)
                if met is True:
                    return value(record)
            return default(record)

        return choose

    def _coalesce(self, node: Any) -> Evaluator:
        choices = [self._compile(one) for one in (node.this, *node.expressions)]
        return lambda record: next((value for one in choices if not is_absent(value := one(record))), None)

    def _nullif(self, node: Any) -> Evaluator:
        left, right = self._compile(node.this), self._compile(node.expression)

        def nullif(record: Any) -> Any:
            first = left(record)
            return None if compare(operator.eq, first, right(record)) else first

        return nullif

    def _aggregate(self, node: Any) -> Evaluator:
        argument = node.this
        if isinstance(argument, exp.Distinct):
            raise UnsupportedSqlStructure
        star = argument is None or isinstance(argument, exp.Star)
        evaluate: Evaluator = (lambda _: 1) if star else self._compile(argument)
        aggregate = AGGREGATES[type(node)](evaluate)
        self._aggregates.append(aggregate)
        return lambda _: aggregate.result()

    def _function(self, node: Any) -> Evaluator:
        name = (node.name if isinstance(node, exp.Anonymous) else type(node).__name__).lower()
        function = FUNCTIONS.get(name)
        if function is None:
            raise UnsupportedFunction
        return function(self._compile, node, self._now)


def _positional(name: str, index: int) -> Evaluator:
    def column(record: Any) -> Any:
        if isinstance(record, Mapping):
            if name in record:
                return record[name]
            if isinstance(record, CsvRow) and 0 <= index < len(record):
                return list(record.values())[index]
        return record if index == 0 and not isinstance(record, Mapping) else MISSING

    return column
