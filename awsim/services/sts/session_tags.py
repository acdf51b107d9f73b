"""Session tags: what a session is tagged with, and what it passes on to the next role in a chain.

Knows the rules only; the tags' lengths and characters are the model's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from awsim.aws.credentials import Credentials
from awsim.services.sts.errors import InvalidParameterValue


@attrs.frozen
class SessionTags:
    """A session's tags, inherited ones included, and the keys of those that pass on. Keys differ by more than case."""

    tags: dict[str, str] = attrs.Factory(dict)
    transitive_keys: list[str] = attrs.Factory(list)


def read_tags(tags: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The tags that a caller sent, by key. Raises InvalidParameterValue for keys that differ by case alone."""
    read = {tag["Key"]: tag["Value"] for tag in tags}
    folded = {key.lower() for key in read}
    if len(folded) < len(tags):
        raise InvalidParameterValue("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if any(key.startswith("aws:") for key in folded):
        # Deviation: AWS refuses the prefix; the wording is IAM's, STS's own is not known to us.
        raise InvalidParameterValue("aws: prefixed tag key names are not allowed for external use.")
    return read


def session_tags(
    tags: Mapping[str, str], transitive_keys: Sequence[str], calling_session: Credentials | None = None
) -> SessionTags:
    """The tags of a new session. Raises InvalidParameterValue where the caller's session passes on others."""
    folded = {key.lower() for key in tags}
    asked_transitive = {key.lower() for key in transitive_keys}
    inherited: dict[str, str] = {}
    if calling_session is not None:
        passed_on = {key.lower() for key in calling_session.transitive_tag_keys}
        inherited = {key: value for key, value in calling_session.session_tags.items() if key.lower() in passed_on}
        if passed_on & (folded | asked_transitive):
            # AWS: a transitive tag cannot be set anew further down the chain, in whatever case (recorded).
            raise InvalidParameterValue(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                "from the calling session."
            )
    if not asked_transitive <= folded:
        raise InvalidParameterValue("The specified transitive tag key must be included in the requested tags.")
    new_transitive = [key for key in tags if key.lower() in asked_transitive]
    return SessionTags({**inherited, **tags}, [*inherited, *new_transitive])
