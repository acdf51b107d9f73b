"""What STS keeps, and the ARNs that it reads."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import ClassVar

import attrs

from awsim.stores import Scope, Store

_ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/((?:[\x21-\x2e\x30-\x7e]+/)*)([\w+=,.@-]{1,64})", re.ASCII)
_PROVIDER_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):saml-provider/([\w._-]{1,128})", re.ASCII)


@attrs.define
class Session:
    """What STS remembers of a session beyond its credentials."""

    #: The operation that began it.
    operation_name: str
    #: The role that was assumed, with its path, which the session's own ARN drops; "" for sessions without a role.
    role_arn: str = ""
    #: Session policies: what was passed inline, and the ARNs of managed ones.
    policy: str | None = None
    policy_arns: list[str] = attrs.Factory(list)
    #: The MFA device that vouched for the caller, or "".
    mfa_serial_number: str = ""
    #: What GetScopedCredentials narrowed it by, the outermost first, as JSON.
    scope_policies: list[str] = attrs.Factory(list)


@attrs.define
class StsStore(Store):
    """The sessions of a partition, by access key id. Their credentials are in awsim.aws.credentials."""

    scope: ClassVar[Scope] = Scope.PARTITION
    sessions: dict[str, Session] = attrs.Factory(dict)


@attrs.frozen
class RoleArn:
    """The ARN of an IAM role, taken apart. ``path`` is "/" or begins and ends with a slash."""

    arn: str
    partition: str
    account_id: str
    path: str
    name: str

    @classmethod
    def read(cls, arn: str) -> RoleArn | None:
        """None for an ARN that no role can have."""
        found = _ROLE_ARN.fullmatch(arn)
        return cls(arn, found[1], found[2], f"/{found[3]}", found[4]) if found else None

    @property
    def role_id(self) -> str:
        """The role's unique id, ``AROA…``."""
        return unique_id("AROA", self.arn)

    def session_arn(self, session_name: str) -> str:
        """The principal of a session. AWS: without the role's path."""
        return f"arn:{self.partition}:sts::{self.account_id}:assumed-role/{self.name}/{session_name}"


@attrs.frozen
class SamlProviderArn:
    """The ARN of a SAML provider in IAM, taken apart."""

    arn: str
    partition: str
    account_id: str
    name: str

    @classmethod
    def read(cls, arn: str) -> SamlProviderArn | None:
        """None for an ARN that no SAML provider can have."""
        found = _PROVIDER_ARN.fullmatch(arn)
        return cls(arn, found[1], found[2], found[3]) if found else None


def unique_id(prefix: str, arn: str) -> str:
    """IAM's unique id of 21 characters for a resource (``AROA…`` roles, ``AIDA…`` users)."""
    # Deviation: it is derived from the ARN, for want of the IAM resource, and so is the same wherever the ARN is.
    return prefix + base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]
