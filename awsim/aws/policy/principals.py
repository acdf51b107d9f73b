"""Who calls, as policies see it, and whether a statement's Principal names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
_ASSUMED_ROLE = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+")


@attrs.frozen(kw_only=True)
class Principal:
    """A caller. ``arn`` and ``account_id`` are "" for callers who did not sign, and for services.

    ``service`` is a service's principal (``sns.amazonaws.com``); ``canonical_user_id`` what S3 calls the account.
    """

    arn: str = ""
    account_id: str = ""
    user_id: str = ""
    service: str = ""
    canonical_user_id: str = ""

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed the request."""
        return not self.arn and not self.service

    @property
    def is_root(self) -> bool:
        """Whether the caller is an account itself, and not one of its users or roles."""
        return _ROOT.fullmatch(self.arn) is not None

    @property
    def kind(self) -> str:
        """The value of aws:PrincipalType."""
        if self.service:
            return "Service"
        if self.is_anonymous:
            return "Anonymous"
        if self.is_root:
            return "Account"
        if ":assumed-role/" in self.arn:
            return "AssumedRole"
        return "FederatedUser" if ":federated-user/" in self.arn else "User"

    @property
    def role_arn(self) -> str | None:
        """The role that a session is one of, without the path that its own ARN does not tell."""
        found = _ASSUMED_ROLE.fullmatch(self.arn)
        return f"arn:{found['partition']}:iam::{found['account']}:role/{found['role']}" if found else None


def names(element: Any, principal: Principal) -> bool:
    """Whether a Principal element names a caller. An account names everybody in it."""
    if element == "*":
        return True
    if not isinstance(element, Mapping):
        return False
    return any(
        _is_named(kind, one, principal)
        for kind, given in element.items()
        for one in (given if isinstance(given, list) else [given])
    )


def _is_named(kind: str, named: Any, principal: Principal) -> bool:
    if named == "*":
        # AWS: for resource policies {"AWS": "*"} is everybody, as "*" is; callers who did not sign included.
        return kind == "AWS" or (kind == "Service" and bool(principal.service))
    if kind == "Service":
        return bool(principal.service) and named == principal.service
    if kind == "CanonicalUser":
        return bool(principal.canonical_user_id) and named == principal.canonical_user_id
    if kind != "AWS" or not isinstance(named, str) or not principal.arn:
        return False
    root = _ROOT.fullmatch(named)
    account = root[1] if root else named if re.fullmatch(r"\d{12}", named) else None
    if account is not None:
        return account == principal.account_id
    role = principal.role_arn
    return named in (principal.arn, role, principal.user_id) or (role is not None and _without_path(named) == role)


def _without_path(arn: str) -> str:
    """A role's ARN without the path in front of its name."""
    head, slash, rest = arn.partition(":role/")
    return f"{head}{slash}{rest.rpartition('/')[2]}" if slash else arn
