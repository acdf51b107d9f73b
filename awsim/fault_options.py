"""What a test may ask of a fault: the options' checks, each with its message.

Owns the words for mistakes. Every check is made before anything has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim.aws.common_errors import COMMON_ERRORS
from awsim.errors import MisuseError
from awsim.fault_entries import DEFAULT_CODE, EntryError, EntryFault, find_batch
from awsim.fault_errors import DEFAULT_MESSAGE
from awsim.operation_pattern import OperationPattern, nearest
from awsim.spec import load_service

#: How a connection can break.
CONNECTIONS = ("connect_timeout", "read_timeout", "reset", "closed")
#: A year: no call takes longer, and AWS's clock goes so far.
_LATENCY_SECONDS_MAX = 366 * 86400
OPTIONS = (
    *("error", "message", "status", "times", "after", "probability", "where"),
    *("latency", "real_latency", "connection", "entries", "truncate"),
)


def check_counts(times: int | None, after: int, probability: float) -> None:
    """Raise MisuseError for a number of calls, or a chance, that cannot be."""
    if times is not None and (not _is_count(times) or times < 1):
        raise MisuseError(f"times= is how many calls to strike, at least 1, not {times!r}")
    if not _is_count(after) or after < 0:
        raise MisuseError(f"after= is how many calls to spare first, at least 0, not {after!r}")
    if not _is_number(probability) or not 0 < probability <= 1:
        raise MisuseError(f"probability= is above 0 and at most 1, not {probability!r}")


def check_texts(**options: str | None) -> None:
    """Raise MisuseError for an option that is no text, or an empty name of an error."""
    for name, value in options.items():
        if value is not None and (not isinstance(value, str) or (name == "error" and not value)):
            what = "an error's name, as AWS writes it" if name == "error" else "a text"
            raise MisuseError(f"{name}= is {what}, not {value!r}")


def check_latency(latency: float, real_latency: float) -> None:
    """Raise MisuseError for seconds that cannot pass."""
    for name, seconds in (("latency", latency), ("real_latency", real_latency)):
        if not _is_number(seconds) or not 0 <= seconds <= _LATENCY_SECONDS_MAX:
            raise MisuseError(f"{name}= is in seconds, at least 0 and at most a year, not {seconds!r}")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def check_connection(connection: str, answer: Mapping[str, Any]) -> None:
    """Raise MisuseError for a break that there is not, and for options of an answer beside it."""
    if connection not in CONNECTIONS:
        known = ", ".join(CONNECTIONS)
        raise MisuseError(f"connection= is one of {known}, not {connection!r}.{nearest(str(connection), CONNECTIONS)}")
    _rule_out("connection", "a connection that breaks gives no answer", answer)


def check_truncate(truncate: int, answer: Mapping[str, Any]) -> None:
    """Raise MisuseError for a length that a body cannot have, and for an error beside it."""
    if not _is_count(truncate) or truncate < 0:
        raise MisuseError(f"truncate= is how many bytes of the body come, at least 0, not {truncate!r}")
    _rule_out("truncate", "the answer that breaks off is the operation's own", answer)


def entry_fault(
    pattern: OperationPattern, entries: Any, error: str | None, message: str | None, others: Mapping[str, Any]
) -> EntryFault:
    """The fault of single entries, checked. Raises MisuseError for operations that have no entries, for an error where
    AWS tells none, for a choice that is none, and for ``others``, which entries do not have."""
    _rule_out("entries", "entries that fail are told in the answer", others)
    _check_chosen(entries)
    service_name = pattern.service_name
    if service_name is not None:
        service = load_service(service_name)
        batches = [find_batch(service.operation_model(name)) for name in pattern.operation_names or []]
        found = [batch for batch in batches if batch is not None]
        if not found:
            raise MisuseError(f"{pattern.text} has no entries that could fail one by one")
        if (error is not None or message is not None) and not any(batch.has_error for batch in found):
            raise MisuseError(f"entries of {pattern.text} are handed back unprocessed, without an error")
    code = error or DEFAULT_CODE
    if message is None:
        message = COMMON_ERRORS[code].message if code in COMMON_ERRORS else DEFAULT_MESSAGE
    return EntryFault(entries, EntryError(code, message))


def _check_chosen(entries: Any) -> None:
    if callable(entries) or (isinstance(entries, (bool, str)) and entries):
        return
    if isinstance(entries, int) and not isinstance(entries, bool) and entries > 0:
        return
    if isinstance(entries, float) and 0 < entries <= 1:
        return
    if isinstance(entries, (list, tuple, set, frozenset)) and entries and all(isinstance(one, str) for one in entries):
        return
    raise MisuseError(
        "entries= is True for all, how many, a share of them, their ids, or a function that says which,"
        f" not {entries!r}"
    )


def _rule_out(name: str, why: str, others: Mapping[str, Any]) -> None:
    if told := [other for other, value in others.items() if value is not None]:
        raise MisuseError(f"{why}, so {name}= rules out {', '.join(told)}")


def check_harmless(operation: str, message: str | None, takes_time: bool, members: Mapping[str, Any]) -> None:
    """Raise MisuseError for a fault without an error that does not take time either, or has an error's options."""
    if members:
        name = next(iter(members))
        raise MisuseError(f"{name!r} is no option of a fault.{nearest(name, OPTIONS)}")
    if message is not None:
        raise MisuseError("message= is the message of an error; give error= too")
    if not takes_time:
        options = "error=, status=, connection=, entries=, truncate= or latency="
        raise MisuseError(f"say what shall happen to {operation}: {options}")
