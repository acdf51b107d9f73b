"""Whether a resource policy lets everyone in, by AWS's rules for blocking public access (S3 User Guide, "The meaning of
public")."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

#: Condition keys whose fixed values keep a statement from being public (User Guide, "The meaning of public").
_NARROWING_KEYS = frozenset(
    name.lower()
    for name in (
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceArn",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceOwner",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:userid",
        "aws:VpceAccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:DataAccessPointArn",
        "s3:DataAccessPointAccount",
    )
)
_SOURCE_IP = "aws:sourceip"
_ACCESS_POINT_ARN = "s3:dataaccesspointarn"
_ACCESS_POINT_OF_ACCOUNT = re.compile(r"arn:[\w-]+:s3:[\w*-]+:\d{12}:accesspoint/[^?$]+")
#: AWS: ranges wider than these are as good as everyone.
_WIDEST_PREFIX = {4: 8, 6: 32}
_NARROWING_OPERATORS = ("string", "arn", "ipaddress")


def policy_is_public(document: Mapping[str, Any]) -> bool:
    """Whether a policy lets everyone in, by AWS's rules for blocking public access.

    A policy is public unless each statement that allows names fixed principals, or has a condition that holds only for
    fixed values of certain keys.
    """
    return any(_statement_is_public(statement) for statement in _list(document.get("Statement", [])))


def _statement_is_public(statement: Mapping[str, Any]) -> bool:
    if statement["Effect"] != "Allow":
        return False
    if "Principal" in statement and not _is_everyone(statement["Principal"]):
        return False
    return not any(_narrows(*condition) for condition in _conditions(statement))


def _is_everyone(principal: Any) -> bool:
    if principal == "*":
        return True
    return any("*" in value for value in _list(principal.get("AWS", [])))


def _conditions(statement: Mapping[str, Any]) -> Iterable[tuple[str, str, list[Any]]]:
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            yield operator.lower(), key.lower(), _list(values)


def _narrows(operator: str, key: str, values: list[Any]) -> bool:
    operator = operator.rpartition(":")[2]
    if "not" in operator or operator.endswith("ifexists") or not operator.startswith(_NARROWING_OPERATORS):
        return False
    if key == _SOURCE_IP:
        return bool(values) and all(_is_narrow_range(str(value)) for value in values)
    if key == _ACCESS_POINT_ARN:
        return bool(values) and all(_ACCESS_POINT_OF_ACCOUNT.fullmatch(str(value)) for value in values)
    return key in _NARROWING_KEYS and bool(values) and all(_is_fixed(str(value)) for value in values)


def _is_fixed(value: str) -> bool:
    return not any(char in value for char in "*?") and "${" not in value


def _is_narrow_range(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _WIDEST_PREFIX[network.version]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
