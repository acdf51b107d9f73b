"""Bucket policies as documents: whether S3 takes one.

Pure text in, answers out; what a policy permits whom is evaluated elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from awsim.aws.policy.conditions import operator_exists
from awsim.aws.policy.patterns import matches
from awsim.services.s3.configuration.errors import MalformedPolicy
from awsim.services.s3.configuration.policy_actions import BUCKET_ACTIONS, OBJECT_ACTIONS, action_exists

_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")
_STATEMENT_FIELDS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)
_FIELDS = frozenset(("Version", "Id", "Statement"))
_PRINCIPAL_KINDS = frozenset(("AWS", "CanonicalUser", "Federated", "Service"))
#: AWS: how much a policy may say, without the whitespace between what it says (User Guide, "Adding a bucket policy").
_SIZE_MAX = 20 * 1024
_ACTION = re.compile(r"\*|(s3|s3express|s3-object-lambda):[A-Za-z*?]+", re.IGNORECASE)
_ACCOUNT = re.compile(r"\d{12}")
_IAM_ARN = re.compile(r"arn:[\w-]+:(iam|sts)::[\w*?/-]*:.+")


def parse_policy(text: str, resource: str) -> dict[str, Any]:
    """A policy as data, once it is one that S3 takes for a resource, given by its ARN. Raises MalformedPolicy."""
    try:
        document = json.loads(text) if text.startswith("{") else None
        size = len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())
    except (ValueError, RecursionError):
        document, size = None, 0
    if not isinstance(document, dict):
        raise MalformedPolicy("Policies must be valid JSON and the first byte must be '{'")
    if size > _SIZE_MAX:
        raise MalformedPolicy(f"Normalized policy document exceeds the maximum allowed size of {_SIZE_MAX} bytes")
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
    # Deviation: it is not looked at whether a principal exists.
    _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    if not all(_is_action(action) for action in _listed(statement, "Action", "NotAction")):
        raise MalformedPolicy("Policy has invalid action")
    for one in _listed(statement, "Resource", "NotResource"):
        if not isinstance(one, str) or not _is_within(one, resource):
            raise MalformedPolicy("Policy has invalid resource", Detail=one if isinstance(one, str) else None)
    for operator in condition:
        if not operator_exists(operator):
            raise MalformedPolicy(f"Invalid Condition type : {operator}")
    if "Action" in statement and "Resource" in statement:
        _check_levels(_listed(statement, "Action"), _listed(statement, "Resource"), resource)


def _is_action(action: Any) -> bool:
    if not isinstance(action, str) or _ACTION.fullmatch(action) is None:
        return False
    service, _, name = action.lower().partition(":")
    return service != "s3" or action_exists(name)


def _check_levels(actions: list[Any], resources: list[Any], bucket_arn: str) -> None:
    """That every action is one of the bucket, or of its objects, whichever the statement names.

    AWS: an action on objects needs a resource that objects match, as ``arn:aws:s3:::bucket/*``, and one on the bucket
    the bucket itself.
    """
    names_bucket = any(matches(one, bucket_arn) for one in resources)
    names_objects = any("/" in one or one.endswith("*") for one in resources)
    for action in actions:
        name = action.partition(":")[2].lower()
        if "*" in name or "?" in name:
            continue
        if (name in OBJECT_ACTIONS and not names_objects) or (name in BUCKET_ACTIONS and not names_bucket):
            raise MalformedPolicy("Action does not apply to any resource(s) in statement")


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


def _listed(statement: Mapping[str, Any], *names: str) -> list[Any]:
    return [item for name in names if name in statement for item in _list(statement[name])]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
