"""The operations of a REST service by method, path and query: its URI templates, made into a tree.

Owns the matching and how specific a match is. Knows one service's model and the parts of a request, nothing of how the
service was found.

In a path, literal segments go before labels and labels before greedy ones (``{Key+}``), from left to right. Operations
that share a path are told apart by what they require in the query string and headers: the most that is met wins, and of
two that require the same, the one that is not deprecated.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from awsim import spec
from awsim.spec import OperationModel, ServiceModel

#: How a segment was matched, from the most specific.
_LITERAL, _LABEL, _GREEDY = 0, 1, 2
#: A path of more segments is cut for the purpose of routing: it can only end in a greedy label.
_SEGMENTS_MAX = 64

Query = Mapping[str, Sequence[str]]


class _Route(NamedTuple):
    """An operation at a path, and what tells it from others there."""

    operation_name: str
    #: Names in the query string, with the value each must have, if any.
    query_literals: tuple[tuple[str, str], ...]
    #: Names that required members have in the query string and in headers.
    query_members: tuple[str, ...]
    header_members: tuple[str, ...]
    #: AWS: S3's operations on directory buckets share paths with others, and are told apart by their own endpoint.
    at_express_control: bool
    is_deprecated: bool


class Match(NamedTuple):
    """An operation that fits a request; the smaller ``rank``, the better it fits."""

    rank: tuple[object, ...]
    operation_name: str


class _Node:
    """A place in the tree of paths."""

    __slots__ = ("greedy", "label", "literals", "routes")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.label: _Node | None = None
        self.greedy: _Node | None = None
        self.routes: list[_Route] = []

    def add(self, segments: Sequence[str], route: _Route) -> None:
        node = self
        for segment in segments:
            if not segment.startswith("{"):
                node = node.literals.setdefault(segment, _Node())
            elif segment.endswith("+}"):
                node.greedy = node = node.greedy or _Node()
            else:
                node.label = node = node.label or _Node()
        node.routes.append(route)

    def find(self, segments: Sequence[str], path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], _Node]]:
        """The nodes that a path leads to, the most specific first, with how each of its segments was matched."""
        if not segments:
            if self.routes:
                yield path, self
            return
        literal = self.literals.get(segments[0])
        if literal is not None:
            yield from literal.find(segments[1:], (*path, _LITERAL))
        if self.label is not None and segments[0]:
            yield from self.label.find(segments[1:], (*path, _LABEL))
        if self.greedy is not None:
            for end in range(1, len(segments) + 1):  # short, to leave segments to literals after it
                yield from self.greedy.find(segments[end:], (*path, _GREEDY))


class UriRoutes:
    """The routes of one service."""

    def __init__(self, service: ServiceModel) -> None:
        self._methods: dict[str, _Node] = {}
        for name in service.operation_names:
            operation = service.operation_model(name)
            path, query = _template(operation)
            node = self._methods.setdefault(operation.http.get("method", "POST"), _Node())
            node.add(split_path(path), _route(operation, query))

    def match(
        self,
        method: str,
        segments: Sequence[str],
        query: Query,
        headers: Mapping[str, str],
        *,
        at_express_control: bool = False,
    ) -> Match | None:
        """The operation that fits best; None if none does. ``segments`` as of :func:`split_path`."""
        tree = self._methods.get(method)
        if tree is None:
            return None
        for path, node in tree.find(segments[:_SEGMENTS_MAX]):
            ranks = {
                route.operation_name: (*_rank(route, query, headers), route.at_express_control != at_express_control)
                for route in node.routes
                if _has_literals(route, query)
            }
            if ranks:
                name = min(ranks, key=lambda name: (ranks[name], name))
                return Match((path, *ranks[name]), name)
        return None

    def match_literally(self, method: str, segments: Sequence[str]) -> Match | None:
        """The operation whose path has these segments and no labels."""
        node = self._methods.get(method)
        for segment in segments:
            node = node and node.literals.get(segment)
        if not segments or node is None or not node.routes:
            return None
        return Match(((_LITERAL,) * len(segments),), node.routes[0].operation_name)


def split_path(path: str) -> list[str]:
    """The segments of a path. A slash at the end does not matter, as it does not to AWS."""
    segments = path.split("?")[0].removeprefix("/").split("/")
    if segments[-1] == "":
        segments.pop()
    return segments


@functools.cache
def uri_routes(service_name: str) -> UriRoutes:
    """The routes of a service, compiled once per process."""
    return UriRoutes(spec.load_service(service_name))


def _template(operation: OperationModel) -> tuple[str, str]:
    """An operation's path template and literal query string.

    A client of botocore's takes ``/{Bucket}`` out of S3's templates when it first calls an operation, and keeps the
    path as it was in ``authPath``.
    """
    http = operation.http
    path, _, query = http["requestUri"].partition("?")
    return http.get("authPath", path), query


def _route(operation: OperationModel, query: str) -> _Route:
    literals = tuple((name, value) for name, _, value in (part.partition("=") for part in query.split("&")) if name)
    shape = operation.input_shape
    required: dict[str, list[str]] = {"querystring": [], "header": []}
    for name in shape.required_members if shape else ():
        member = shape.members[name]
        location = member.serialization.get("location")
        if location in required:
            required[location].append(member.serialization.get("name", name))
    headers = tuple(name.lower() for name in required["header"])
    at_express_control = any(
        parameter.name == "UseS3ExpressControlEndpoint" and parameter.value
        for parameter in operation.static_context_parameters
    )
    return _Route(
        operation.name,
        literals,
        tuple(required["querystring"]),
        headers,
        at_express_control,
        bool(operation.deprecated),
    )


def _has_literals(route: _Route, query: Query) -> bool:
    return all(name in query and (not value or value in query[name]) for name, value in route.query_literals)


def _rank(route: _Route, query: Query, headers: Mapping[str, str]) -> tuple[int, ...]:
    """How badly a route fits a request that has its literals; the fewer of them, and the more it misses, the worse."""
    members = len(route.query_members) + len(route.header_members)
    met = sum(name in query for name in route.query_members) + sum(name in headers for name in route.header_members)
    return -len(route.query_literals), members - met, -members, route.is_deprecated
