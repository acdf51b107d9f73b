"""What the query string of a request selects of a bucket or an object, and by which methods that can be asked for.

Owns the refusal of methods that a resource does not have. Knows methods and paths, nothing of what operations do.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from awsim import spec
from awsim.services.s3.errors import InvalidArgument, InvalidRequest, MethodNotAllowed

#: AWS: the order in which it names methods (measured answers in public threads, as versitygw #1236).
_METHODS = ("HEAD", "DELETE", "POST", "GET", "PUT")
#: Parts of query strings in the model that select nothing of their own.
_VARIANTS = frozenset({"list-type", "select-type", "x-id"})
_UPLOAD = "uploadId"
# Deviation: of the names of resources in errors those of services, buckets, objects, uploads and bucket policies are
# known; the others are those by which S3's access logs name them (User Guide, "Log record fields").
_TYPES = {
    "delete": "MULTI_OBJECT_DELETE",
    "intelligent-tiering": "INTELLIGENT_TIERING",
    "legal-hold": "LEGAL_HOLD",
    "logging": "LOGGING_STATUS",
    "object-lock": "OBJECT_LOCK",
    "ownershipControls": "OWNERSHIP_CONTROLS",
    "policy": "BUCKETPOLICY",
    "policyStatus": "POLICY_STATUS",
    "publicAccessBlock": "PUBLIC_ACCESS_BLOCK",
    "requestPayment": "REQUEST_PAYMENT",
    _UPLOAD: "UPLOAD",
    "versions": "BUCKETVERSIONS",
}


def check_method(method: str, bucket: str, key: str, query: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Refuse a method that what is asked for does not have; the headers are those of a MethodNotAllowed.

    Raises InvalidArgument where the query string selects two things, InvalidRequest for versions of a key,
    MethodNotAllowed.
    """
    table = _selectors()
    selected = [name for name in query if name in table and (name != _UPLOAD or key)]
    if len(selected) > 1:
        raise InvalidArgument(
            f"Conflicting query string parameters: {', '.join(sorted(selected))}", "ResourceType", selected[0]
        )
    if not selected or not bucket:
        return {}
    (name,) = selected
    by_level = table[name]
    methods = by_level.get(bool(key))
    if method == "HEAD" or (methods is not None and not _has(name, methods, method, query)):
        # AWS: names the methods of both, of buckets and of objects (measured in public threads, as backlot #244).
        allowed = set().union(*by_level.values())
        if name == _UPLOAD and "partNumber" not in query:
            allowed.discard("PUT")
        raise NotAllowed(method, _TYPES.get(name, name.upper()), allowed)
    if key and name == "versions":
        raise InvalidRequest("There is no such thing as the ?versions sub-resource for a key")
    return {}


class NotAllowed(MethodNotAllowed):
    """``allow`` is the header that names what is allowed."""

    code = "MethodNotAllowed"

    def __init__(self, method: str, resource_type: str, allowed: set[str]) -> None:
        super().__init__(Method=method, ResourceType=resource_type)
        self.allow = ", ".join(name for name in _METHODS if name in allowed)


def no_such_method(method: str, bucket: str, key: str) -> NotAllowed:
    """The refusal of a method that S3 does not know of what a path names."""
    if not bucket:
        return NotAllowed(method, "SERVICE", {"GET"})
    return NotAllowed(method, "OBJECT" if key else "BUCKET", set(_METHODS))


def _has(name: str, methods: set[str], method: str, query: Mapping[str, Sequence[str]]) -> bool:
    # AWS: an upload is not put, only its parts are.
    return method in methods and (name != _UPLOAD or method != "PUT" or "partNumber" in query)


@functools.cache
def _selectors() -> dict[str, dict[bool, set[str]]]:
    """Name in a query string -> the methods by which it is asked of a bucket (False), and of an object (True)."""
    found: dict[str, dict[bool, set[str]]] = {_UPLOAD: {True: {"GET", "POST", "DELETE", "PUT"}}}
    service = spec.load_service("s3")
    for operation_name in service.operation_names:
        http = service.operation_model(operation_name).http
        path, _, query = http["requestUri"].partition("?")
        of_key = "{Key+}" in http.get("authPath", path)
        for part in query.split("&"):
            name = part.partition("=")[0]
            if name and name not in _VARIANTS:
                found.setdefault(name, {}).setdefault(of_key, set()).add(http["method"])
    return found
