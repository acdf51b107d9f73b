"""botocore's calls, answered by the active Cloud instead of the network.

While a Cloud is active, `Endpoint._send`, the last step before the network, is ours: so every client is served whenever
it was made, its own event handlers and stubs come first, and botocore serializes, signs, retries and parses as it would
against AWS. Knows transports, nothing of AWS's services.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import metadata
from io import BytesIO
from typing import TYPE_CHECKING, Any

import botocore.awsrequest
import botocore.endpoint
import botocore.session
import botocore.signers
from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, HTTPClientError, ReadTimeoutError
from urllib3.exceptions import ProtocolError

from awsim import active, spec
from awsim.context import RequestContext
from awsim.errors import ConnectionFaultError
from awsim.intercept import passthrough, patches
from awsim.intercept.chunked_body import take_off_frames
from awsim.protocol.http import Request, Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud

_Endpoint = botocore.endpoint.Endpoint
_Session = botocore.session.Session
_RequestSigner = botocore.signers.RequestSigner

#: For clients that find no credentials at all, so that code under test need not be configured.
_MOCK_CREDENTIALS = Credentials("testing", "testing")


def answer(cloud: Cloud, prepared: Any) -> AWSResponse:
    """Answer botocore's prepared request from a Cloud."""
    response = respond(cloud, prepared, prepared.body)
    if not isinstance(response.body, bytes) and not prepared.stream_output:
        read_whole(response, prepared)
    return to_aws_response(prepared.url, response, streaming=prepared.stream_output)


def read_whole(response: Response, prepared: Any) -> None:
    """Read a body that is to be had as a whole, as botocore's own HTTP client does before it returns."""
    try:
        response.read()
    except ConnectionFaultError as fault:
        raise broken_connection(fault, prepared) from fault


def respond(cloud: Cloud, prepared: Any, body: Any) -> Response:
    """A Cloud's response to botocore's prepared request, whose body is given beside it: aiobotocore reads it first.

    Raises botocore's own exception where a fault broke the connection.
    """
    marked: tuple[Any, dict[str, Any]] = getattr(prepared, "awsim_operation", (None, {}))
    operation, client_context = marked
    request = to_request(prepared, body)
    if not isinstance(request.body, bytes):
        take_off_frames(request)
    context: RequestContext[Any] = RequestContext(cloud, request, in_process=True)
    if operation is not None:
        service = spec.adopt(operation.service_model)
        try:
            operation = service.operation_model(operation.name)
        except spec.OperationNotFoundError:  # the client has a newer model, from the user's own data path
            service = operation.service_model
        context.service_name = service.service_name
        context.service = service
        context.operation = operation
        context.protocol = service.resolved_protocol
        context.region = client_context.get("client_region") or ""
    response = Response()
    try:
        cloud.gateway.handle(context, response)
    except ConnectionFaultError as fault:
        raise broken_connection(fault, prepared) from fault
    return response


def broken_connection(fault: ConnectionFaultError, prepared: Any) -> HTTPClientError:
    """The exception of botocore's own HTTP client for a connection that a fault broke, so that it retries as ever."""
    url = prepared.url
    if fault.kind == "connect_timeout":
        return ConnectTimeoutError(endpoint_url=url, error=fault)
    if fault.kind == "read_timeout":
        return ReadTimeoutError(endpoint_url=url, error=fault)
    return ConnectionClosedError(endpoint_url=url, request=prepared, error=fault)


def bind_session(session: Any, cloud: Cloud) -> None:
    """Have a botocore session's clients answered by a Cloud, whichever is active, and though none may be."""

    def belong(request: Any, **_: Any) -> AWSResponse | None:
        request.awsim_cloud = cloud
        # While a Cloud is active, the answer waits until the user's own handlers have had their say.
        return None if active.any_active() else answer(cloud, request)

    session.register("before-send", belong)


def to_request(prepared: Any, body: Any = None) -> Request:
    """botocore's prepared request as ours; with another body, where that has been read already."""
    scheme, _, rest = prepared.url.partition("://")
    rest = rest.partition("#")[0]
    location, _, query_string = rest.partition("?")
    host, slash, path = location.partition("/")
    if body is None:
        body = prepared.body
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif isinstance(body, bytearray):
        body = bytes(body)
    request = Request(prepared.method, slash + path or "/", query_string, None, body, host, scheme)
    request.headers = _lower_case_headers(prepared.headers)
    return request


def _lower_case_headers(headers: Any) -> dict[str, str]:
    # Asking HeadersDict for its items costs as much as parsing the request; what it keeps has lower-case keys already.
    try:
        return {
            key._lower: value if isinstance(value, str) else value.decode("latin-1")
            for key, value in headers._dict.items()
        }
    except AttributeError:
        return {
            name.lower(): value if isinstance(value, str) else value.decode("latin-1")
            for name, value in headers.items()
        }


def to_aws_response(url: str, response: Response, *, streaming: bool) -> AWSResponse:
    """Our response as botocore's."""
    body = response.body
    if not isinstance(body, bytes) and not hasattr(body, "read"):
        body = b"".join(body)
    aws_response = AWSResponse(url, response.status_code, _NO_HEADERS, RawBody(body))
    _put_headers(aws_response.headers, response.headers)
    if isinstance(body, bytes) and not streaming:
        aws_response._content = body  # spares the way through a file; botocore reads the raw body of streams alone
    return aws_response


_NO_HEADERS: dict[str, str] = {}
_HeaderKey = getattr(botocore.awsrequest, "_HeaderKey", None)


@functools.lru_cache(maxsize=1024)
def _header_key(name: str) -> Any:
    """botocore's key of a header. Answers have most names in common, and making keys takes half the time of all."""
    return _HeaderKey(name)  # type: ignore[misc]  # botocore is untyped


def _put_headers(headers: Any, values: dict[str, str]) -> None:
    kept = getattr(headers, "_dict", None)
    if kept is None or _HeaderKey is None:
        headers.update(values)
        return
    for name, value in values.items():
        kept[_header_key(name)] = value


#: Whether urllib3 says so when fewer bytes come than were announced; older ones leave that to botocore.
_TELLS_OF_BREAKS = not metadata.version("urllib3").startswith("1.")


class RawBody:
    """What botocore reads a response's body from: the part of urllib3's response that it uses."""

    def __init__(self, body: Any) -> None:
        self._body = BytesIO(body) if isinstance(body, bytes) else body
        self.closed = False

    def read(self, amt: int | None = None, **_: Any) -> bytes:
        try:
            data: bytes = self._body.read() if amt is None else self._body.read(amt)
        except ConnectionFaultError as fault:
            if not _TELLS_OF_BREAKS:
                return b""
            raise ProtocolError(f"Connection broken: {fault}", fault) from fault
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        return True

    def stream(self, amt: int = 65536, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(amt):
            yield chunk

    def tell(self) -> int:
        position: int = self._body.tell()
        return position

    def close(self) -> None:
        self.closed = True
        if hasattr(self._body, "close"):
            self._body.close()

    def release_conn(self) -> None:
        """urllib3 hands its connection back here; there is none."""


# -- the patches -------------------------------------------------------------------------------------------------------


def _send(real: Any) -> Any:
    def send(self: Any, request: Any) -> Any:
        cloud = answering_cloud(self, request)
        return real(self, request) if cloud is None else answer(cloud, request)

    return send


def answering_cloud(endpoint: Any, request: Any) -> Cloud | None:
    """The Cloud that answers a request of an endpoint; None for one that is to leave the process."""
    cloud: Cloud | None = getattr(request, "awsim_cloud", None)  # of a session that belongs to a Cloud
    if cloud is None:
        cloud = getattr(endpoint, "awsim_cloud", None)
        if cloud is None or cloud not in active.isolated_clouds:
            cloud = active.current_cloud()
    return None if cloud is None or passthrough.allows(cloud, request) else cloud


def _do_get_response(real: Any) -> Any:
    def do_get_response(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
        # The request does not say which operation it is; here botocore still knows.
        request.awsim_operation = (operation_model, context)
        return real(self, request, operation_model, context)

    return do_get_response


def _endpoint_init(real: Any) -> Any:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        self.awsim_cloud = active.context_cloud.get()

    return init


def client_owner(session: Any, region_name: str | None) -> tuple[Cloud | None, str | None]:
    """The isolated Cloud to which a session's new client belongs, None where there is none, and the client's region."""
    # The context's own isolated Cloud first: boto3's default session is shared by all of them, whoever made it.
    cloud = active.context_cloud.get()
    if cloud is None or cloud not in active.isolated_clouds:
        cloud = getattr(session, "awsim_cloud", None)
    if cloud is None or cloud not in active.isolated_clouds:
        cloud = active.current_cloud()
    isolated = cloud is not None and cloud in active.isolated_clouds
    if cloud is not None and region_name is None:
        # The environment's region is one for all; isolated Clouds have one each.
        configured = session.instance_variables().get("region") if isolated else session.get_config_variable("region")
        region_name = configured or cloud.settings.region
    return (cloud if isolated else None), region_name


def _create_client(real: Any) -> Any:
    def create_client(self: Any, service_name: str, region_name: str | None = None, *args: Any, **kwargs: Any) -> Any:
        cloud, region_name = client_owner(self, region_name)
        if cloud is None:
            return real(self, service_name, region_name, *args, **kwargs)
        # A session made in an isolated Cloud belongs to it, in whichever thread its clients are made.
        token = active.context_cloud.set(cloud)
        try:
            return real(self, service_name, region_name, *args, **kwargs)
        finally:
            active.context_cloud.reset(token)

    return create_client


def has_no_credentials(signer: Any, given: Any) -> bool:
    """Whether a signer, of a client that a Cloud may answer, would have nothing to sign with."""
    return given is None and signer._credentials is None and active.any_active()


def _get_auth_instance(real: Any) -> Any:
    def get_auth_instance(
        self: Any,
        signing_name: Any,
        region_name: Any,
        signature_version: Any = None,
        request_credentials: Any = None,
        **kwargs: Any,
    ) -> Any:
        if has_no_credentials(self, request_credentials):
            request_credentials = _MOCK_CREDENTIALS
        return real(
            self, signing_name, region_name, signature_version, request_credentials=request_credentials, **kwargs
        )

    return get_auth_instance


def declare() -> None:
    """Take botocore's last steps over while a Cloud is active."""
    patches.replace(_Endpoint, "_send", _send)
    patches.replace(_Endpoint, "_do_get_response", _do_get_response)
    patches.replace(_Endpoint, "__init__", _endpoint_init)
    patches.replace(_Session, "create_client", _create_client)
    patches.replace(_RequestSigner, "get_auth_instance", _get_auth_instance)
