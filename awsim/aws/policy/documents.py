"""A policy as its statements, compiled once per text."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import attrs

from awsim.aws.policy.conditions import condition_holds
from awsim.aws.policy.patterns import Values, matches, substitute
from awsim.aws.policy.principals import Principal, names

_WITH_VARIABLES = "2012-10-17"


@attrs.frozen
class Statement:
    """One statement. None for an element that it does not have."""

    effect: str
    sid: str = ""
    principal: Any = None
    not_principal: Any = None
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    condition: Mapping[str, Mapping[str, Any]] = attrs.Factory(dict)
    has_variables: bool = False

    def applies(self, principal: Principal, action: str, resource: str, values: Values) -> bool:
        """Whether it speaks of a request. A statement of an identity's policy names no principal."""
        if self.principal is not None and not names(self.principal, principal):
            return False
        if self.not_principal is not None and names(self.not_principal, principal):
            return False
        if self.actions is not None and not _any_action(self.actions, action):
            return False
        if self.not_actions is not None and _any_action(self.not_actions, action):
            return False
        if self.resources is not None and not self._any_resource(self.resources, resource, values):
            return False
        if self.not_resources is not None and self._any_resource(self.not_resources, resource, values):
            return False
        return not self.condition or condition_holds(self.condition, values)

    def _any_resource(self, patterns: tuple[str, ...], resource: str, values: Values) -> bool:
        for pattern in patterns:
            known = substitute(pattern, values) if self.has_variables else pattern
            if known is not None and matches(known, resource):
                return True
        return False


def _any_action(patterns: tuple[str, ...], action: str) -> bool:
    # AWS: names of actions are the same in upper and lower case.
    return any(matches(pattern, action, ignore_case=True) for pattern in patterns)


@functools.lru_cache(maxsize=1024)
def parse_document(text: str) -> tuple[Statement, ...]:
    """The statements of a policy's text. Raises ValueError for what is no policy."""
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("a policy is a JSON object")
    return statements_of(document)


def statements_of(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy as data, of which there may be one outside a list."""
    found = document.get("Statement", [])
    version = document.get("Version")
    return tuple(_statement(one, version) for one in (found if isinstance(found, list) else [found]))


def _statement(given: Mapping[str, Any], version: str | None) -> Statement:
    return Statement(
        effect=str(given["Effect"]),
        sid=str(given.get("Sid", "")),
        principal=given.get("Principal"),
        not_principal=given.get("NotPrincipal"),
        actions=_texts(given, "Action"),
        not_actions=_texts(given, "NotAction"),
        resources=_texts(given, "Resource"),
        not_resources=_texts(given, "NotResource"),
        condition=given.get("Condition") or {},
        # AWS: policies of the older version take variables for text.
        has_variables=version == _WITH_VARIABLES,
    )


def _texts(given: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    if name not in given:
        return None
    value = given[name]
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
