"""Bucket policies as documents: whether S3 takes one, and whether it makes a bucket public.

Pure text in, answers out; what a policy permits whom is evaluated elsewhere.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from awsim.services.s3.configuration.errors import MalformedPolicy

_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")
_STATEMENT_FIELDS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)
_FIELDS = frozenset(("Version", "Id", "Statement"))
_PRINCIPAL_KINDS = frozenset(("AWS", "CanonicalUser", "Federated", "Service"))
_ACTION = re.compile(r"\*|(s3|s3express|s3-object-lambda):[A-Za-z*?]+", re.IGNORECASE)
_ACCOUNT = re.compile(r"\d{12}")
_IAM_ARN = re.compile(r"arn:[\w-]+:(iam|sts)::[\w*?/-]*:.+")

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


def parse_policy(text: str, resource: str) -> dict[str, Any]:
    """A policy as data, once it is one that S3 takes for a resource, given by its ARN. Raises MalformedPolicy."""
    try:
        document = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise MalformedPolicy("Policies must be valid JSON and the first byte must be '{'")
    for field in document:
        if field not in _FIELDS:
            raise MalformedPolicy(f"Unknown field {field}")
    if document.get("Version", _VERSIONS[1]) not in _VERSIONS:
        raise MalformedPolicy("The policy must contain a valid version string")
    if "Statement" not in document:
        raise MalformedPolicy("Missing required field Statement")
    found = statements(document)
    if not found:
        raise MalformedPolicy("Could not parse the policy: Statement is empty!")
    for statement in found:
        _check_statement(statement, resource)
    return document


def _check_statement(statement: Any, resource: str) -> None:
    if not isinstance(statement, dict):
        raise MalformedPolicy("Invalid policy syntax.")
    for field in statement:
        if field not in _STATEMENT_FIELDS:
            raise MalformedPolicy(f"Unknown field {field}")
    for names in (("Effect",), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")):
        if not any(name in statement for name in names):
            raise MalformedPolicy(f"Missing required field {names[0]}")
    if statement["Effect"] not in _EFFECTS:
        raise MalformedPolicy(f"Invalid effect: {statement['Effect']}")
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        raise MalformedPolicy("Invalid policy syntax.")
    _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    if not all(
        isinstance(action, str) and _ACTION.fullmatch(action) for action in _listed(statement, "Action", "NotAction")
    ):
        raise MalformedPolicy("Policy has invalid action")
    for one in _listed(statement, "Resource", "NotResource"):
        if not isinstance(one, str) or not _is_within(one, resource):
            raise MalformedPolicy("Policy has invalid resource", Detail=one if isinstance(one, str) else None)


def _check_principal(principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal or not _PRINCIPAL_KINDS.issuperset(principal):
        raise MalformedPolicy("Invalid policy syntax.")
    for kind, value in principal.items():
        for one in _list(value):
            if not isinstance(one, str) or (kind == "AWS" and not _is_aws_principal(one)):
                raise MalformedPolicy("Invalid principal in policy", Detail=f'"{kind}" : "{one}"')


def _is_aws_principal(principal: str) -> bool:
    # AWS: unique ids of users and roles are what a policy shows in place of those that were deleted.
    return (
        principal == "*"
        or _ACCOUNT.fullmatch(principal) is not None
        or _IAM_ARN.fullmatch(principal) is not None
        or principal.startswith(("AIDA", "AROA"))
    )


def _is_within(named: str, resource: str) -> bool:
    """Whether a policy on a resource may name this: the resource, what is in it, or wildcards for them."""
    pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in named)
    bucket_part, _, _ = named.partition("/")
    bucket_pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in bucket_part)
    return re.fullmatch(bucket_pattern, resource) is not None or re.fullmatch(pattern, resource) is not None


def statements(document: Mapping[str, Any]) -> list[Any]:
    """A policy's statements, of which there may be one outside a list."""
    return _list(document.get("Statement", []))


def policy_is_public(document: Mapping[str, Any]) -> bool:
    """Whether a policy lets everyone in, by AWS's rules for blocking public access.

    A policy is public unless each statement that allows names fixed principals, or has a condition that holds only for
    fixed values of certain keys.
    """
    return any(_statement_is_public(statement) for statement in statements(document))


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


def _listed(statement: Mapping[str, Any], *names: str) -> list[Any]:
    return [item for name in names if name in statement for item in _list(statement[name])]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
