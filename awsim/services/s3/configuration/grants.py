"""Access control lists: canned ones spelled out, grants in headers and in documents.

Pure: names and header values in, grants by AWS's names out. What may be granted where is told elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from awsim.services.s3.configuration.public_blocks import ALL_USERS, AUTHENTICATED_USERS
from awsim.services.s3.errors import InvalidArgument, MalformedXML, MethodNotAllowed
from awsim.services.s3.owners import canonical_user_id

LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
_GROUPS = frozenset((ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY))
# AWS: the account that fetches machine images, by its canonical user id (User Guide, "Canned ACL").
_EC2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"

#: Canned ACL -> whom it grants what, besides the owner's full control.
_CANNED: dict[str, tuple[tuple[str, str], ...]] = {
    "private": (),
    "public-read": ((ALL_USERS, "READ"),),
    "public-read-write": ((ALL_USERS, "READ"), (ALL_USERS, "WRITE")),
    "authenticated-read": ((AUTHENTICATED_USERS, "READ"),),
    "log-delivery-write": ((LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")),
    "aws-exec-read": ((_EC2, "READ"),),
    # AWS: takes these two for buckets too, where they say nothing.
    "bucket-owner-read": (),
    "bucket-owner-full-control": (),
}

#: Member -> header and permission.
GRANT_MEMBERS = {
    "GrantFullControl": ("x-amz-grant-full-control", "FULL_CONTROL"),
    "GrantRead": ("x-amz-grant-read", "READ"),
    "GrantReadACP": ("x-amz-grant-read-acp", "READ_ACP"),
    "GrantWrite": ("x-amz-grant-write", "WRITE"),
    "GrantWriteACP": ("x-amz-grant-write-acp", "WRITE_ACP"),
}

_GRANTEE = re.compile(r'\s*(id|uri|emailAddress)\s*=\s*"?([^",]*)"?\s*', re.IGNORECASE)
_CANONICAL_USER_ID = re.compile(r"[0-9a-f]{64}")

Grant = dict[str, Any]


def full_control(account_id: str) -> Grant:
    """The owner's grant, which is all of a private ACL."""
    return {"Grantee": {"Type": "CanonicalUser", "ID": canonical_user_id(account_id)}, "Permission": "FULL_CONTROL"}


def canned_grants(acl: str, account_id: str) -> list[Grant]:
    """The grants of a canned ACL on what an account owns. Raises InvalidArgument for a name that is none."""
    if acl not in _CANNED:
        raise InvalidArgument("", "x-amz-acl", acl)
    return [
        full_control(account_id),
        *({"Grantee": _named(grantee), "Permission": permission} for grantee, permission in _CANNED[acl]),
    ]


def header_grants(members: Mapping[str, Any]) -> list[Grant]:
    """The grants of the members that are headers. Raises InvalidArgument, MethodNotAllowed."""
    grants = []
    for member, (header, permission) in GRANT_MEMBERS.items():
        value = members.get(member)
        if value is None:
            continue
        for text in value.split(","):
            found = _GRANTEE.fullmatch(text)
            if found is None:
                raise InvalidArgument("Argument format not recognized", header, value)
            grantee = {found[1].lower(): found[2]}
            _check_grantee(grantee)
            grants.append({"Grantee": _named(found[2]), "Permission": permission})
    return grants


def document_grants(policy: Mapping[str, Any]) -> list[Grant]:
    """The grants of an AccessControlPolicy. Raises MalformedXML, InvalidArgument, MethodNotAllowed."""
    if "Owner" not in policy or "Grants" not in policy:
        raise MalformedXML
    if not _CANONICAL_USER_ID.fullmatch(policy["Owner"].get("ID") or ""):
        raise InvalidArgument("Invalid id", "CanonicalUser/ID", policy["Owner"].get("ID"))
    return granted(policy["Grants"])


def granted(given: Iterable[Mapping[str, Any]]) -> list[Grant]:
    """Grants of a document as they are kept: a grantee by its type, and by nothing but what names it."""
    grants = []
    for grant in given:
        grantee = grant.get("Grantee") or {}
        names = {name.lower(): grantee[name] for name in ("ID", "URI", "EmailAddress") if name in grantee}
        if len(names) != 1 or "Permission" not in grant:
            raise MalformedXML
        _check_grantee(names)
        grants.append({"Grantee": _named(next(iter(names.values()))), "Permission": grant["Permission"]})
    return grants


def _check_grantee(names: Mapping[str, str]) -> None:
    if "emailaddress" in names:
        # AWS: since October 2025 nobody is granted anything by an address (API reference of PutObjectAcl).
        raise MethodNotAllowed
    if "uri" in names and names["uri"] not in _GROUPS:
        raise InvalidArgument("Invalid group uri", "uri", names["uri"])
    if "id" in names and not _CANONICAL_USER_ID.fullmatch(names["id"]):
        raise InvalidArgument("Invalid id", "CanonicalUser/ID", names["id"])


def _named(grantee: str) -> dict[str, str]:
    if grantee in _GROUPS:
        return {"Type": "Group", "URI": grantee}
    return {"Type": "CanonicalUser", "ID": grantee}
