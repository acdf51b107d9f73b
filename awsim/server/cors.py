"""Cross-origin calls by pages that may make them: preflights, and the headers by which a page may read the answer.

Owns CORS of AWS's APIs at this server. A bucket that has CORS rules of its own speaks for itself; which origins may
call the guard says.
"""

from __future__ import annotations

from awsim.protocol.http import Request, Response

_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
#: Where a browser does not say which headers it wants to send.
_HEADERS = (
    "authorization, cache-control, content-length, content-md5, content-type, etag, location, x-amz-acl,"
    " x-amz-algorithm, x-amz-content-sha256, x-amz-date, x-amz-request-id, x-amz-security-token, x-amz-tagging,"
    " x-amz-target, x-amz-user-agent, x-amz-version-id, x-amzn-requestid, x-localstack-target, amz-sdk-invocation-id,"
    " amz-sdk-request"
)
_EXPOSED = (
    "etag, x-amz-version-id, x-amz-request-id, x-amzn-requestid, x-amzn-errortype, x-amz-delete-marker,"
    " x-amz-checksum-crc32, x-amz-checksum-sha256, content-range, location, date"
)
_DAY_SECONDS = 86_400


def is_preflight(request: Request) -> bool:
    """Whether a browser asks whether a page may call."""
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


def preflight_response(request: Request) -> Response:
    """The yes to a preflight."""
    response = Response(204)
    add_headers(request, response)
    response.headers.update(
        {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": request.headers.get("access-control-request-headers") or _HEADERS,
            "Access-Control-Max-Age": str(_DAY_SECONDS),
        }
    )
    if request.headers.get("access-control-request-private-network") == "true":
        response.headers["Access-Control-Allow-Private-Network"] = "true"
    return response


def add_headers(request: Request, response: Response) -> None:
    """Let the page that called read an answer, unless the service has spoken for itself."""
    if response.header("Access-Control-Allow-Origin") is not None:
        return
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = request.headers.get("origin", "*")
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    vary = response.header("Vary")
    headers["Vary"] = f"{vary}, Origin" if vary else "Origin"
