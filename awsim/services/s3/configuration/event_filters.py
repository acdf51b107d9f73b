"""Which notification configurations an event concerns, and which of them would both be concerned by one event.

Pure: event types, keys and filter rules in, answers out. Event types are AWS's, with the ``s3:`` in front.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

#: The lists of a NotificationConfiguration -> the member that names the destination.
DESTINATION_MEMBERS = {
    "TopicConfigurations": "TopicArn",
    "QueueConfigurations": "QueueArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}


@attrs.frozen
class KeyFilter:
    """Keys with this prefix and this suffix; None for any."""

    prefix: str | None = None
    suffix: str | None = None

    def matches(self, key: str) -> bool:
        """Whether a key passes."""
        return key.startswith(self.prefix or "") and key.endswith(self.suffix or "")

    @property
    def is_open(self) -> bool:
        """Whether there is no rule at all."""
        return self.prefix is None and self.suffix is None

    def prefixes_overlap(self, other: KeyFilter) -> bool:
        """Whether a key can have both prefixes."""
        mine, others = self.prefix or "", other.prefix or ""
        return mine.startswith(others) or others.startswith(mine)

    def suffixes_overlap(self, other: KeyFilter) -> bool:
        """Whether a key can have both suffixes."""
        mine, others = self.suffix or "", other.suffix or ""
        return mine.endswith(others) or others.endswith(mine)


def key_filter(configuration: Mapping[str, Any]) -> KeyFilter:
    """The filter of one notification configuration. AWS: rules are called Prefix and Suffix in any case."""
    key = (configuration.get("Filter") or {}).get("Key") or {}
    rules = {rule["Name"].lower(): rule.get("Value", "") for rule in key.get("FilterRules", ())}
    return KeyFilter(rules.get("prefix"), rules.get("suffix"))


def covers(event_type: str, other: str) -> bool:
    """Whether a configured event type (maybe ``s3:ObjectCreated:*``) is for another, or another's whole family."""
    if event_type == other:
        return True
    return event_type.endswith(":*") and other.startswith(event_type[:-1])


def share_an_event(events: Sequence[str], others: Sequence[str]) -> bool:
    """Whether there is an event that both lists of event types are for."""
    return any(covers(one, other) or covers(other, one) for one in events for other in others)


def configurations(notification: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each configuration with the name of the list it is in."""
    for name in DESTINATION_MEMBERS:
        for configuration in notification.get(name, ()):
            yield name, configuration


def concerned(notification: Mapping[str, Any], event_type: str, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The configurations that an event on a key is for, each with its destination's ARN."""
    for name, configuration in configurations(notification):
        is_for = any(covers(event, event_type) for event in configuration["Events"])
        if is_for and key_filter(configuration).matches(key):
            yield configuration[DESTINATION_MEMBERS[name]], configuration
