"""The gateway's own handlers, in the order in which a request meets them.

Each does one step and leaves a request alone that does not need it. They know protocols and services only through
their doors (`operation_codec`, `ServiceManager`).
"""

from __future__ import annotations

import functools
import logging
from typing import Any

from awsim import spec
from awsim.aws.regions import is_region
from awsim.context import RequestContext
from awsim.errors import (
    ConnectionFaultError,
    MissingExtraError,
    NotSimulatedError,
    ServiceException,
    UnhonouredMemberError,
)
from awsim.gateway.chain import HandlerChain
from awsim.gateway.framework_errors import framework_error_response
from awsim.gateway.members import plain_output
from awsim.protocol.body import decode_body
from awsim.protocol.codec import operation_codec
from awsim.protocol.http import Request, Response

logger = logging.getLogger("awsim.gateway")

#: What awsim cannot do: a caller over HTTP is told it, too.
_SAID_OVER_HTTP = (NotSimulatedError, UnhonouredMemberError, MissingExtraError)


def identify_operation(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Tell service and operation of wire traffic. In-process the transport knows them from botocore."""
    if context.operation is not None:
        return
    from awsim.protocol.router import UnroutableError, route

    try:
        found = route(context.request)
    except UnroutableError as error:
        if error.service_name is not None:
            _check_wire(context, error.service_name)
        raise
    context.service_name = found.service_name
    context.protocol = found.protocol
    service = context.service = spec.load_service(found.service_name, found.protocol)
    context.operation = service.operation_model(found.operation_name)
    _check_wire(context, found.service_name)


def _check_wire(context: RequestContext[Any], service_name: str) -> None:
    """Let the service look at a request from the wire, whether it has an operation for it or not."""
    service = context.cloud.services.get_service(service_name)
    if service is not None and service.skeleton is not None and service.skeleton.check_wire is not None:
        if context.service is None:
            context.service_name, context.service = service_name, service.skeleton.service
        service.skeleton.check_wire(context)


_FORBIDDEN = {
    "execute-api": (b'{"message":"Forbidden"}', "ForbiddenException"),
    "lambda-url": (b'{"Message":"Forbidden"}', "AccessDeniedException"),
}


def refuse_unclaimed_hosts(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Answer for the hosts of APIs and function URLs that no route of the edge has taken, as AWS does for those that
    are not there: they are nobody's bucket."""
    if context.operation is not None:
        return
    from awsim.protocol.hosts import data_plane

    request = context.request
    kind = data_plane(request.host)
    if kind is None or (kind == "execute-api" and "/@connections/" in request.path):  # that one is an API of AWS's own
        return
    body, error_type = _FORBIDDEN[kind]
    response.status_code, response.body = 403, body
    response.headers.update({"Content-Type": "application/json", "x-amzn-ErrorType": error_type})
    response.headers["x-amzn-RequestId"] = context.request_id
    chain.stop()


def serve_plain_http(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Let the service whose host this is answer what is no call of its API: S3's websites, preflights, forms."""
    if context.operation is not None:
        return
    from awsim.protocol.hosts import read_host

    request = context.request
    names = [entry.name for entry in read_host(request.host).services]
    if not names and (request.method == "OPTIONS" or _is_form(request)):
        names = ["s3"]  # a path-style bucket at an endpoint of the user's own
    for name in names:
        service = context.cloud.services.get_service(name)
        if service is None or service.skeleton is None or not service.skeleton.serves_http(request):
            continue
        context.service_name = name
        context.service = service.skeleton.service
        identify_caller(chain, context, response)
        with context.cloud.lock:
            answer = service.skeleton.serve_http(context)
        response.status_code, response.headers, response.body = answer.status_code, answer.headers, answer.body
        chain.stop()
        return


def _is_form(request: Request) -> bool:
    return request.method == "POST" and request.headers.get("content-type", "").startswith("multipart/form-data")


def identify_caller(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Tell account and region: from the signature's scope where there is one, else the client's or the Cloud's."""
    if context.account_id:
        return
    access_key_id, region, service = _signature_scope(context.request)
    settings = context.cloud.settings
    context.access_key_id = access_key_id
    # Deviation: on the wire, a scope's region that is none (``US``, ``local``) is taken for the Cloud's, where AWS
    # refuses the signature: tools and set-ups name theirs as they like where an endpoint is their own.
    if region and not context.in_process and not is_region(region):
        region = settings.region
    context.region = region or context.region or settings.region
    if service and not context.in_process:
        _check_scoped_service(context, service)
    context.account_id = settings.account_id
    if access_key_id:
        credentials = context.credentials
        if credentials is not None:
            context.account_id = credentials.account_id
        elif len(access_key_id) == 12 and access_key_id.isdigit():
            # An account id as access key names the account: the convention of LocalStack's users.
            context.account_id = access_key_id


def _signature_scope(request: Request) -> tuple[str, str, str]:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        start = authorization.find("Credential=")
        if start >= 0:
            end = authorization.find(",", start)
            region = request.headers.get("x-amz-region-set", "") if authorization.startswith("AWS4-ECDSA") else ""
            return _parse_credential(authorization[start + 11 : end if end >= 0 else None].strip(), region)
        if authorization.startswith("AWS4-"):
            raise ServiceException("IncompleteSignature", "Authorization header requires 'Credential' parameter.")
        if authorization.startswith("AWS "):
            return authorization[4:].partition(":")[0], "", ""
        return "", "", ""
    if "X-Amz-Credential=" in request.query_string:
        return _parse_credential(request.query["X-Amz-Credential"][0], "")
    if "AWSAccessKeyId=" in request.query_string:
        return request.query["AWSAccessKeyId"][0], "", ""
    return "", "", ""


@functools.lru_cache(maxsize=256)
def _parse_credential(credential: str, region_set: str) -> tuple[str, str, str]:
    parts = credential.rsplit("/", 3 if region_set else 4)
    if len(parts) == 5 and parts[4] == "aws4_request":
        return parts[0], parts[2], parts[3]
    if region_set and len(parts) == 4 and parts[3] == "aws4_request":
        region = region_set.split(",")[0].strip()
        return parts[0], "" if "*" in region else region, parts[2]
    raise ServiceException(
        "IncompleteSignature",
        f"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got"
        f" '{credential}'",
    )


def _check_scoped_service(context: RequestContext[Any], service: str) -> None:
    assert context.service is not None
    wanted = context.service.signing_name
    # AWS: some requests are signed for a part of a service, under a name that begins with its own (s3express).
    if service != context.service_name and not service.startswith(wanted):
        raise ServiceException(
            "SignatureDoesNotMatch", f"Credential should be scoped to correct service: '{wanted}'.", status_code=403
        )


def check_service_enabled(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Refuse the services that the user has not enabled."""
    enabled = context.cloud.settings.services
    if enabled is not None and context.service_name not in enabled:
        raise NotSimulatedError(
            context.service_name,
            context.operation.name if context.operation else "?",
            hint=f" The services enabled here are: {', '.join(sorted(enabled)) or 'none'}.",
        )


def readdress(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Let a service put what its requests say in their address where its model has it."""
    if context.service_request is not None:
        return
    service = context.cloud.services.get_service(context.service_name)
    if service is not None and service.skeleton is not None and service.skeleton.readdress is not None:
        service.skeleton.readdress(context.request)


def parse(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Turn the request into the operation's members."""
    assert context.operation is not None
    context.codec = operation_codec(context.operation, context.protocol)
    if context.service_request is None:
        decode_body(context.request, context.operation)
        context.service_request = context.codec.parse(context.request)


def validate(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Check the members against the model, in the service's own words."""
    assert context.codec is not None
    assert context.service_request is not None
    context.codec.validate(context.service_request)


def authorize(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Refuse temporary credentials that have expired, or whose token is not the one handed out with them."""
    credentials = context.credentials
    if credentials is None or credentials.expiration is None:
        return
    if context.request is not None:
        headers = context.request.headers
        token = headers.get("x-amz-security-token") or headers.get("x-amz-s3session-token")
        if token is None:
            token = context.request.query.get("X-Amz-Security-Token", [""])[0]
        if token != credentials.session_token:
            raise ServiceException(
                "InvalidClientTokenId", "The security token included in the request is invalid.", status_code=403
            )
    if context.time() >= credentials.expiration:
        json_like = context.protocol not in {"query", "ec2", "rest-xml"}
        raise ServiceException(
            "ExpiredTokenException" if json_like else "ExpiredToken",
            "The security token included in the request is expired",
            status_code=403,
        )


def dispatch(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """Call the provider and write its answer, both under the Cloud's lock: what a provider returns may be an entity
    that the next caller changes."""
    cloud = context.cloud
    assert context.operation is not None
    service = cloud.services.require(context.service_name, context.operation.name)
    assert service.skeleton is not None
    with cloud.lock:
        context.service_response = service.skeleton.invoke(context)
        if spec.is_older_than_tested():  # its models may lack members that our providers answer
            context.service_response = plain_output(context.operation, context.service_response)
        if context.request is not None:
            serialize(context, response)


def serialize(context: RequestContext[Any], response: Response) -> None:
    """Write ``context.service_response`` into the response; for handlers that replace the provider's answer."""
    assert context.codec is not None
    answer = context.codec.serialize(context.service_response, context.request_id)
    response.status_code, response.headers, response.body = answer.status_code, answer.headers, answer.body


def raise_in_process(chain: HandlerChain, error: Exception, context: RequestContext[Any], response: Response) -> None:
    """Give Python callers awsim's own errors, and a provider's bugs, as they are, with their traceback; calls between
    services also AWS's errors; and every transport a connection that breaks, which is the transport's to show."""
    if context.request is None or (context.in_process and not isinstance(error, ServiceException)):
        raise error
    if isinstance(error, ConnectionFaultError):
        raise error


def serialize_exception(
    chain: HandlerChain, error: Exception, context: RequestContext[Any], response: Response
) -> None:
    """Write any exception as the service's error, in its protocol."""
    if isinstance(error, ServiceException):
        exception = error
    elif isinstance(error, _SAID_OVER_HTTP):
        exception = ServiceException("NotImplemented", str(error), status_code=501, sender_fault=False)
    else:
        logger.error("%s failed", context, exc_info=error)
        exception = ServiceException(
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
            status_code=500,
            sender_fault=False,
        )
    context.service_exception = exception
    if context.codec is None and context.operation is not None:
        context.codec = operation_codec(context.operation, context.protocol)
    if context.codec is not None:
        answer = context.codec.serialize_error(exception, context.request_id)
    else:
        answer = framework_error_response(context.request, exception, context.request_id, context.service)
    response.status_code, response.headers, response.body = answer.status_code, answer.headers, answer.body


def add_common_headers(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
    """What the provider said beyond its members, and the headers that every answer of AWS carries."""
    headers = response.headers
    if context.answer_headers:
        headers.update(context.answer_headers)
    if context.answer_status is not None and context.service_exception is None:
        response.status_code = context.answer_status
    headers.setdefault("Date", context.cloud.clock.http_date())
    if isinstance(response.body, bytes) and "Content-Length" not in headers and response.status_code not in (204, 304):
        headers["Content-Length"] = str(len(response.body))
    if context.on_answer is not None:
        context.on_answer(response)
