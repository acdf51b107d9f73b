"""Which operation a request on the wire asks for, where nobody says so.

Owns the order in which a request's traces are read: the target header, the RPC path, the form's action, and for REST
the method and path; and, to tell the service, the scope of its signature, its host and its path. In-process the
operation is known and none of this runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import unquote_plus

from awsim import spec
from awsim.errors import ServiceException
from awsim.protocol.hosts import Host, read_host, virtual_bucket
from awsim.protocol.http import Request
from awsim.protocol.service_index import ServiceEntry, service_index, services_by_first_segment
from awsim.protocol.uri_routes import Match, split_path, uri_routes

Services = tuple[ServiceEntry, ...]

CBOR = "smithy-rpc-v2-cbor"
#: AWS: names that requests are signed with besides those in the models, as endpoint rules have them.
_SIGNED_FOR_TOO = {
    "s3-object-lambda": ("s3",),
    "s3-outposts": ("s3", "s3control"),
    "s3express": ("s3", "s3control"),
    "IngestionService": ("importexport",),
}
_S3_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})


class Route(NamedTuple):
    """Where a request belongs: botocore's names of the service and operation, and the protocol it is written in."""

    service_name: str
    operation_name: str
    protocol: str


class UnroutableError(ServiceException):
    """No operation fits the request. The service and protocol tell in whose way to answer; None where unknown."""

    def __init__(
        self, code: str, message: str, status_code: int, service_name: str | None = None, protocol: str | None = None
    ) -> None:
        super().__init__(code, message, status_code=status_code)
        self.service_name = service_name
        self.protocol = protocol


def route(request: Request) -> Route:
    """The operation that ``request`` asks for.

    Raises UnroutableError, a ServiceException, as the service would answer: UnknownOperationException, InvalidAction,
    MissingAction, S3's MethodNotAllowed; and NotFound where no service can be told.
    """
    try:
        query = request.query
    except ValueError:
        raise _undecodable(request) from None
    target = request.headers.get("x-amz-target")
    if target is not None:
        return _route_target(request, target)
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return _route_rpc(request)
    services = _signed_for(request)
    action = _first(query.get("Action")) or _form_value(request, b"Action")
    if action is not None:
        found = _route_action(request, action, services)
        if found is not None:
            return found
    return _route_rest(request, services)


def _undecodable(request: Request) -> UnroutableError:
    """The refusal of a query string that is no text, in the way of the service that the rest of the request names."""
    signed = request.headers.get("authorization", "").startswith(("AWS4-", "AWS "))
    services = (_signed_for(request) if signed else ()) or read_host(request.host).services
    message = "Couldn't parse the specified URI."
    if not services:
        return UnroutableError("InvalidURI", message, 400)
    return UnroutableError("InvalidURI", message, 400, services[0].name, services[0].protocols[0])


# Traces of the service


def _signed_for(request: Request) -> Services:
    """The services that the request names or is signed for; empty if it is neither."""
    index = service_index()
    named = index.services.get(request.headers.get("x-localstack-target", ""))
    if named is not None:
        return (named,)
    name = _signing_name(request)
    if name is None:
        return ()
    signed = index.by_signing_name.get(name, ())
    signed += tuple(index.services[other] for other in _SIGNED_FOR_TOO.get(name, ()) if other in index.services)
    by_name = index.services.get(name)
    return signed or index.by_endpoint_prefix.get(name) or ((by_name,) if by_name else ())


def _signing_name(request: Request) -> str | None:
    authorization = request.headers.get("authorization", "")
    if authorization.startswith("AWS4-"):
        credential = authorization.partition("Credential=")[2].partition(",")[0].partition(" ")[0]
    elif authorization.startswith("AWS "):
        return "s3"  # AWS: signature version 2 in a header is S3's alone
    else:
        credential = _first(request.query.get("X-Amz-Credential")) or ""
    # An access key may hold slashes in theory, so count from the end: …/service/aws4_request.
    parts = credential.strip().rsplit("/", 2)
    return parts[1] if len(parts) == 3 else None


def _first(values: Sequence[str] | None) -> str | None:
    return values[0] if values else None


def _form_value(request: Request, name: bytes) -> str | None:
    """A field of a form body, without reading the rest of the form."""
    if request.method != "POST" or not _may_be_form(request):
        return None
    body = request.read()
    start = 0 if body.startswith(name + b"=") else body.find(b"&" + name + b"=") + 1
    if start == 0 and not body.startswith(name + b"="):
        return None
    value = body[start + len(name) + 1 :].partition(b"&")[0]
    return unquote_plus(value[:1024].decode("latin-1"))


def _may_be_form(request: Request) -> bool:
    content_type = request.headers.get("content-type", "application/x-www-form-urlencoded")
    return content_type.startswith(("application/x-www-form-urlencoded", "text/plain"))


def _prefer(services: Services, host: Host) -> Services:
    """The services in the order in which to try them: those of the host first, then the one with the signing name."""
    at_host = set(host.services)
    return tuple(sorted(services, key=lambda entry: (entry not in at_host, entry.name != entry.signing_name)))


# JSON and CBOR


def _route_target(request: Request, target: str) -> Route:
    prefix, _, operation_name = target.rpartition(".")
    candidates = service_index().by_target_prefix.get(prefix, ())
    return _among(request, candidates, operation_name, "json", target, 400)


def _route_rpc(request: Request) -> Route:
    parts = request.path.rpartition("/service/")[2].split("/")
    if len(parts) != 3 or parts[1] != "operation":
        raise _unknown_operation(request.path, 404, _only(_signed_for(request)), CBOR)
    # AWS: the service's shape may come with its namespace.
    candidates = service_index().by_target_prefix.get(parts[0].rpartition(".")[2], ())
    return _among(request, candidates, parts[2], CBOR, request.path, 404)


def _among(
    request: Request, candidates: Services, operation_name: str, protocol: str, asked: str, status_code: int
) -> Route:
    """The candidate that has the operation. Several share a target prefix in few cases only, as Timestream's two do."""
    signed_for = _signed_for(request)
    candidates = tuple(entry for entry in candidates if protocol in entry.protocols)
    preferred = _prefer(candidates, read_host(request.host))
    for entry in sorted(preferred, key=lambda entry: entry not in signed_for) if len(preferred) > 1 else preferred:
        if operation_name in spec.load_service(entry.name).operation_names:
            return Route(entry.name, operation_name, protocol)
    raise _unknown_operation(asked, status_code, _only(preferred or signed_for), protocol)


def _unknown_service(request: Request) -> UnroutableError:
    return UnroutableError("NotFound", f"awsim cannot tell the AWS service of {request!r:.512}", 404)


def _only(services: Services) -> str | None:
    return services[0].name if services else None


def _unknown_operation(asked: str, status_code: int, service_name: str | None, protocol: str | None) -> UnroutableError:
    # Deviation: AWS says nothing but the code.
    return UnroutableError(
        "UnknownOperationException", f"Unknown operation: {asked[:256]}", status_code, service_name, protocol
    )


# Query


def _route_action(request: Request, action: str, services: Services) -> Route | None:
    """The operation of a form's or a query string's Action; None if the request is for no query service."""
    host = read_host(request.host)
    version = _first(request.query.get("Version")) or _form_value(request, b"Version")
    if services or host.services:
        candidates = _query_services(services or host.services)
    else:
        candidates = service_index().by_version.get(version or "", ()) or _services_with_action(action)
        if not candidates:
            raise _unknown_service(request)
    if not candidates:
        return None
    preferred = sorted(_prefer(candidates, host), key=lambda entry: entry.api_version != version)
    for entry in preferred:
        if _has_action(entry, action):
            return Route(entry.name, action, _query_protocol(entry))
    entry = preferred[0]
    if _query_protocol(entry) == "ec2":
        message = f"The action {action} is not valid for this web service."
    else:
        message = f"Could not find operation {action} for version {version or 'NO_VERSION_SPECIFIED'}"
    raise UnroutableError("InvalidAction", message, 400, entry.name, _query_protocol(entry))


def _has_action(entry: ServiceEntry, action: str) -> bool:
    return action in spec.load_service(entry.name, "query").operation_names


def _services_with_action(action: str) -> Services:
    """The query service that has an action, if it is the only one: all there is to go by without a version."""
    found = tuple(entry for entry in _query_services(service_index().services.values()) if _has_action(entry, action))
    return found if len(found) == 1 else ()


def _query_services(services: Iterable[ServiceEntry]) -> Services:
    return tuple(entry for entry in services if _query_protocol(entry))


def _query_protocol(entry: ServiceEntry) -> str:
    return next((protocol for protocol in entry.protocols if protocol in ("query", "ec2")), "")


# REST


def _route_rest(request: Request, services: Services) -> Route:
    host = read_host(request.host)
    candidates = services or host.services or _services_of_path(request)
    if not candidates:
        raise _unknown_service(request)
    best: tuple[tuple[object, ...], ServiceEntry, Match] | None = None
    for order, entry in enumerate(_prefer(candidates, host)):
        found = _match(request, entry) if _rest_protocol(entry) else None
        if found:
            rank = (entry not in host.services, *found.rank, order)
            if best is None or rank < best[0]:
                best = (rank, entry, found)
    if best is None:
        raise _no_route(request, _prefer(candidates, host)[0])
    _, entry, match = best
    return Route(entry.name, match.operation_name, _rest_protocol(entry))


def _rest_protocol(entry: ServiceEntry) -> str:
    return next((protocol for protocol in entry.protocols if protocol.startswith("rest-")), "")


def _match(request: Request, entry: ServiceEntry) -> Match | None:
    routes, segments = uri_routes(entry.name), split_path(request.path)
    bucket = virtual_bucket(request.host) if entry.name == "s3" else None
    if bucket is not None:
        # AWS: what is before S3's endpoint in the host is a bucket, but for the one operation with a path of its own.
        literal = routes.match_literally(request.method, segments)
        if literal is not None:
            return literal
        segments = [bucket, *segments]
    # At an endpoint of the user's own only the signature tells ListDirectoryBuckets from ListBuckets.
    at_express_control = request.host.startswith("s3express-control") or (
        request.path == "/" and _signing_name(request) == "s3express"
    )
    return routes.match(request.method, segments, request.query, request.headers, at_express_control=at_express_control)


def _services_of_path(request: Request) -> Services:
    """The service of a request that is neither signed nor sent to a host of AWS's: by how its path begins, else S3."""
    segments = split_path(request.path)
    if not segments:
        return ()
    services = service_index().services
    name = services_by_first_segment().get(segments[0])
    if name is not None:
        return (services[name],)
    return (services["s3"],) if request.method in _S3_METHODS and segments[0] else ()


def _no_route(request: Request, entry: ServiceEntry) -> UnroutableError:
    protocol = _rest_protocol(entry) or entry.protocols[0]
    if entry.name == "s3":
        message = "The specified method is not allowed against this resource."
        return UnroutableError("MethodNotAllowed", message, 405, entry.name, protocol)
    if protocol == "ec2":
        message = "The request must contain the parameter Action"
        return UnroutableError("MissingAction", message, 400, entry.name, protocol)
    # AWS: services of all other protocols answer so, a query service that was asked for no action among them.
    return _unknown_operation(f"{request.method} {request.path}", 404, entry.name, protocol)
