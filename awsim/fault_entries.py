"""Batches that fail in part: some entries are not carried out, and the answer says so as AWS's would.

Owns where an operation's entries are in its input, and how its output tells those that failed; both are read from the
operation's model. Three forms there are: a list, or a map, of failures with a code (SQS's ``Failed``, S3's ``Errors``);
a count of failures, and results in the entries' order of which some are errors (Kinesis, EventBridge); and the entries
themselves, handed back unprocessed (DynamoDB). Must not know when a fault strikes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from awsim.spec import OperationModel

_FAILURES = re.compile(r"(?:failed|failures?|errors?|unsuccessful|unprocessed|rejected)", re.IGNORECASE)
_COUNT = re.compile(r"failed\w*count", re.IGNORECASE)
_CODE = re.compile(r"(?:error|failure)?code|errortype|exceptiontype|exceptionname|reason", re.IGNORECASE)
_MESSAGE = re.compile(r"(?:error|failure|status)?(?:message|description)|(?:failure)?reason|detail", re.IGNORECASE)

#: The code of a failed entry that was given none.
DEFAULT_CODE = "InternalError"


@attrs.frozen
class EntryError:
    """Why an entry failed."""

    code: str
    message: str


@attrs.frozen
class Source:
    """Where the entries are: a list, at a member or within a structure; or lists in a map, by themselves or as a
    member of its structures (``Keys``)."""

    path: tuple[str, ...]
    shape: Any  #: of one entry
    in_map: bool = False
    inner: str = ""

    def read(self, request: Mapping[str, Any]) -> list[Any]:
        """The entries, in order."""
        value: Any = request
        for name in self.path:
            value = (value or {}).get(name)
        if not self.in_map:
            return list(value or ())
        lists = (part[self.inner] if self.inner else part for part in (value or {}).values())
        return [entry for entries in lists for entry in entries]

    def only(self, request: Mapping[str, Any], chosen: Sequence[bool]) -> dict[str, Any]:
        """The request with those entries alone that are chosen."""
        return self._replaced(request, self.path, iter(chosen))

    def _replaced(self, value: Mapping[str, Any], path: tuple[str, ...], chosen: Any) -> dict[str, Any]:
        name, *rest = path
        found = value[name]
        if rest:
            return {**value, name: self._replaced(found, tuple(rest), chosen)}
        if not self.in_map:
            return {**value, name: [entry for entry in found if next(chosen)]}
        parts = {}
        for key, part in found.items():
            entries = [entry for entry in (part[self.inner] if self.inner else part) if next(chosen)]
            if entries:
                parts[key] = {**part, self.inner: entries} if self.inner else entries
        return {**value, name: parts}


class Batch:
    """An operation whose entries can fail one by one."""

    def __init__(self, operation: OperationModel, source: Source, tell: Tell, *, has_error: bool) -> None:
        self._operation = operation
        self.source = source
        self._tell = tell
        #: Whether a failed entry is told with an error; those that are handed back unprocessed are not.
        self.has_error = has_error

    @property
    def operation_name(self) -> str:
        """AWS's name of the operation."""
        return self._operation.name  # type: ignore[no-any-return]  # botocore is untyped

    def empty_answer(self) -> dict[str, Any]:
        """The answer to a batch of which no entry was carried out, before its failures are told."""
        shape = self._operation.output_shape
        return {name: [] for name in shape.required_members if shape.members[name].type_name == "list"}

    def tell(
        self, answer: dict[str, Any], request: Mapping[str, Any], failed: Sequence[bool], error: EntryError
    ) -> None:
        """Add to an answer, which is for the other entries, those that failed."""
        self._tell(answer, request, failed, error)


#: Adds failures to an answer.
Tell = Callable[[dict[str, Any], Mapping[str, Any], Sequence[bool], EntryError], None]


@functools.lru_cache(maxsize=1024)
def find_batch(operation: OperationModel) -> Batch | None:
    """How entries of an operation fail one by one; None for an operation whose model has no such thing."""
    if operation.input_shape is None or operation.output_shape is None:
        return None
    return _unprocessed(operation) or _listed(operation) or _aligned(operation)


# -- entries that are handed back --------------------------------------------------------------------------------------


def _unprocessed(operation: OperationModel) -> Batch | None:
    inputs = operation.input_shape.members
    for name, shape in operation.output_shape.members.items():
        if not name.lower().startswith("unprocessed"):
            continue
        for member, sent in inputs.items():
            source = _source_of(member, sent) if sent.name == shape.name else None
            if source is not None:
                return Batch(operation, source, functools.partial(_hand_back, name, source), has_error=False)
    return None


def _source_of(member: str, shape: Any) -> Source | None:
    if shape.type_name == "list":
        return Source((member,), shape.member)
    if shape.type_name != "map":
        return None
    part = shape.value
    if part.type_name == "list":
        return Source((member,), part.member, in_map=True)
    if part.type_name != "structure":
        return None
    lists = [name for name, inner in part.members.items() if inner.type_name == "list"]
    required = [name for name in lists if name in part.required_members]
    return Source((member,), part.members[required[0]].member, in_map=True, inner=required[0]) if required else None


def _hand_back(
    name: str,
    source: Source,
    answer: dict[str, Any],
    request: Mapping[str, Any],
    failed: Sequence[bool],
    error: EntryError,
) -> None:
    back: Any = source.only(request, failed)[source.path[0]]
    there = answer.get(name)
    if not there:
        answer[name] = back
    elif isinstance(back, list):
        answer[name] = [*there, *back]
    else:  # what a provider hands back by itself is of other entries
        answer[name] = {**there, **{key: _joined(there.get(key), part) for key, part in back.items()}}


def _joined(there: Any, part: Any) -> Any:
    return [*there, *part] if isinstance(there, list) and isinstance(part, list) else part


# -- failures in a list or a map of their own --------------------------------------------------------------------------


@attrs.frozen
class _Form:
    """The members of one failure: the way to its code and to its message, and what each other member repeats."""

    code: tuple[str, ...]
    message: tuple[str, ...]
    repeats: Mapping[str, str | None]  #: the entry's member; None for the entry itself
    position: str = ""
    required: Mapping[str, Any] = attrs.Factory(dict)

    def failure(self, entry: Any, position: int, error: EntryError) -> dict[str, Any]:
        told: dict[str, Any] = dict(self.required)
        for name, repeated in self.repeats.items():
            value = entry if repeated is None else entry.get(repeated)
            if value is not None:
                told[name] = value
        if self.position:
            told[self.position] = position
        for path, text in ((self.code, error.code), (self.message, error.message)):
            if path:
                place = told
                for name in path[:-1]:
                    place = place.setdefault(name, {})
                place[path[-1]] = text
        return told


def _listed(operation: OperationModel) -> Batch | None:
    output = operation.output_shape
    for name, shape in output.members.items():
        if not _FAILURES.match(name) or shape.type_name not in ("list", "map"):
            continue
        failure = shape.member if shape.type_name == "list" else shape.value
        if failure.type_name != "structure":
            continue
        found = _best_source(operation, failure)
        if found is None:
            continue
        source, form = found
        in_map = shape.type_name == "map"
        if not form.repeats and not form.position and not in_map:
            continue  # its failures are not those of entries
        count = next((each for each in output.members if _COUNT.fullmatch(each)), "")
        return Batch(operation, source, functools.partial(_list, name, source, form, count, in_map), has_error=True)
    return None


def _best_source(operation: OperationModel, failure: Any) -> tuple[Source, _Form] | None:
    """The list of entries that failures have most in common with, and their form."""
    required = set(operation.input_shape.required_members)
    best: tuple[tuple[int, bool], Source, _Form] | None = None
    for source in _sources(operation.input_shape):
        form = _form(failure, source.shape)
        if form is None:
            continue
        rank = (len(form.repeats), source.path[0] in required)
        if best is None or rank > best[0]:
            best = rank, source, form
    return None if best is None else best[1:]


def _sources(shape: Any) -> list[Source]:
    """The lists in an input: its own, and those of its structures."""
    sources = []
    for name, member in shape.members.items():
        if member.type_name == "list":
            sources.append(Source((name,), member.member))
        elif member.type_name == "structure":
            sources += [
                Source((name, inner), within.member)
                for inner, within in member.members.items()
                if within.type_name == "list"
            ]
    return [source for source in sources if source.shape.type_name in ("structure", "string")]


def _form(failure: Any, entry: Any) -> _Form | None:
    code = _find(failure, _CODE, ())
    message = _find(failure, _MESSAGE, code)
    if not code and not message:
        return None
    repeats: dict[str, str | None] = {}
    position, required = "", {}
    for name, member in failure.members.items():
        if name in (*code[:1], *message[:1]):
            continue
        repeated = _repeated(name, member, entry, repeats)
        if repeated is not _NOTHING:
            repeats[name] = repeated
        elif name.lower() == "index" and member.type_name == "integer":
            position = name
        elif name in failure.required_members and member.type_name == "boolean":
            required[name] = False
    return _Form(code, message, repeats, position, required)


_NOTHING: Any = object()


def _repeated(name: str, member: Any, entry: Any, repeats: Mapping[str, str | None]) -> Any:
    """What of an entry a failure's member repeats."""
    if member.name == entry.name:
        return None
    if entry.type_name != "structure":
        return None if member.type_name == entry.type_name and not repeats else _NOTHING
    if name in entry.members:
        return name
    # AWS: EventBridge calls a target's Id a TargetId in its failures.
    ends = [each for each in entry.members if name.endswith(each) and entry.members[each].name == member.name]
    return ends[0] if ends else _NOTHING


def _find(failure: Any, pattern: re.Pattern[str], taken: tuple[str, ...]) -> tuple[str, ...]:
    """The way to the first text whose name fits: a member of its own, or one within a structure (``ErrorDetail``)."""
    for name, member in failure.members.items():
        if member.type_name == "string" and (name,) != taken and pattern.fullmatch(name):
            return (name,)
    for name, member in failure.members.items():
        if member.type_name == "structure" and "error" in name.lower():
            for inner, within in member.members.items():
                if within.type_name == "string" and (name, inner) != taken and pattern.fullmatch(inner):
                    return (name, inner)
    return ()


def _list(
    name: str,
    source: Source,
    form: _Form,
    count: str,
    in_map: bool,
    answer: dict[str, Any],
    request: Mapping[str, Any],
    failed: Sequence[bool],
    error: EntryError,
) -> None:
    entries = source.read(request)
    told = [(entry, form.failure(entry, at, error)) for at, entry in enumerate(entries) if failed[at]]
    if in_map:
        answer[name] = {**(answer.get(name) or {}), **{str(entry): failure for entry, failure in told}}
    else:
        answer[name] = [*(answer.get(name) or ()), *(failure for _, failure in told)]
    if count:
        answer[count] = (answer.get(count) or 0) + len(told)


# -- results in the entries' order -------------------------------------------------------------------------------------


def _aligned(operation: OperationModel) -> Batch | None:
    output = operation.output_shape
    count = next((name for name in output.members if _COUNT.fullmatch(name)), None)
    sources = [source for source in _sources(operation.input_shape) if source.shape.type_name == "structure"]
    if count is None or not sources:
        return None
    for name, shape in output.members.items():
        if shape.type_name == "list" and shape.member.type_name == "structure":
            code = _find(shape.member, _CODE, ())
            message = _find(shape.member, _MESSAGE, code)
            if code and message:
                form = _Form(code, message, {})
                tell = functools.partial(_align, name, sources[0], form, count)
                return Batch(operation, sources[0], tell, has_error=True)
    return None


def _align(
    name: str,
    source: Source,
    form: _Form,
    count: str,
    answer: dict[str, Any],
    request: Mapping[str, Any],
    failed: Sequence[bool],
    error: EntryError,
) -> None:
    results = iter(answer.get(name) or ())
    answer[name] = [form.failure({}, at, error) if is_failed else next(results) for at, is_failed in enumerate(failed)]
    answer[count] = (answer.get(count) or 0) + sum(failed)


# -- which entries fail ------------------------------------------------------------------------------------------------

#: How a test chooses entries: all, the first so many, a share of them by chance, those with one of these identifiers,
#: or those for which a function is true.
Chosen = bool | int | float | str | Sequence[str] | Callable[[Any], object]


@attrs.frozen
class EntryFault:
    """Which entries of a batch fail, and how."""

    chosen: Chosen
    error: EntryError

    def fails(self, entries: Sequence[Any], chance: Callable[[], float]) -> list[bool]:
        """Which of a call's entries fail."""
        chosen = self.chosen
        if callable(chosen):
            return [bool(chosen(entry)) for entry in entries]
        if isinstance(chosen, bool):
            return [chosen] * len(entries)
        if isinstance(chosen, int):
            return [at < chosen for at in range(len(entries))]
        if isinstance(chosen, float):
            return [chance() < chosen for _ in entries]
        names = {chosen} if isinstance(chosen, str) else set(chosen)
        return [not names.isdisjoint(_texts(entry)) for entry in entries]


def _texts(entry: Any) -> list[str]:
    """The texts by which an entry may be meant: itself, or its members'."""
    values = entry.values() if isinstance(entry, Mapping) else (entry,)
    return [value for value in values if isinstance(value, str)]
