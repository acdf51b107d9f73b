"""Who may ask: other machines, and web pages of other origins.

A server of this machine is reached by every page in every browser on it. So what a browser sends is looked at: a page
of another origin may not control the server, nor call AWS's APIs where the browser has not asked first; and a name
that somebody else lets point at this machine (DNS rebinding) is not taken for one of its own.

    control endpoints   a name of this machine as Host, no other origin, JSON where something is changed; the token
                        instead of the name, where there is one; and from other machines always the token
    AWS's APIs          any caller that is no browser; pages of this machine's origins, of those that were allowed, and
                        of those that a bucket's own CORS rules allow
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from awsim.protocol.hosts import read_host
from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import json_response
from awsim.server.options import ServerOptions, is_loopback

_OWN_NAMES = ("localhost", "localhost.localstack.cloud")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Content types that a page may send to anyone without asking (the Fetch standard's safelist).
_UNASKED_TYPES = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


def is_own_host(host: str) -> bool:
    """Whether a Host header names this machine, by an address or a name that always means it."""
    name = _name(host)
    return is_loopback(name) or name in _OWN_NAMES or name.endswith(tuple(f".{own}" for own in _OWN_NAMES))


class Guard:
    """One server's rules."""

    def __init__(self, options: ServerOptions, token: str) -> None:
        self._options = options
        self._token = token

    # -- control endpoints -------------------------------------------------------------------------------------------

    def refuse_control(self, request: Request) -> Response | None:
        """The refusal of a request to a control endpoint; None for one that may pass."""
        if self._is_health_check(request):
            return None
        has_token = self._has_token(request)
        # A browser cannot send a token when it opens a page. The page itself tells nothing; what it asks for needs it.
        is_page = bool(self._token) and request.method in ("GET", "HEAD") and request.path.startswith("/_awsim/ui")
        if self._token and not has_token and not is_page:
            response = json_response({"error": "this endpoint needs the server's token: Authorization: Bearer …"}, 401)
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        is_own = is_own_host(request.host) or _name(request.host) == _name(self._options.host)
        if not has_token and not is_page and not is_own:
            return _forbidden(f"{request.host} is no name of this machine")
        if self._is_foreign(request):
            return _forbidden("pages of other origins may not control this server")
        if request.method not in _SAFE_METHODS and request.method != "DELETE" and not _is_bare(request):
            content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            # An SDK signs what it sends to a developer endpoint, which a page cannot do without asking either.
            if content_type != "application/json" and not request.headers.get("authorization", "").startswith("AWS4-"):
                return json_response({"error": "what is sent here is JSON: Content-Type: application/json"}, 415)
        return None

    def _is_health_check(self, request: Request) -> bool:
        """Whether it is what supervisors of containers ask, who know no token; it gives nothing away."""
        return (
            request.method in ("GET", "HEAD")
            and request.path in ("/_awsim/health", "/_localstack/health")
            and not self._is_foreign(request)
        )

    def _has_token(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return (
            bool(self._token)
            and scheme.lower() == "bearer"
            and hmac.compare_digest(given.strip().encode(), self._token.encode())
        )

    def _is_foreign(self, request: Request) -> bool:
        """Whether a page of another origin than the server's own sent it. Programs send neither header."""
        origin = request.headers.get("origin")
        if origin is not None:
            return origin.lower() != _own_origin(request)
        return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")

    # -- AWS's APIs --------------------------------------------------------------------------------------------------

    def refuse_call(self, request: Request) -> Response | None:
        """The refusal of a page's call; None for what may pass. Ask it only of what a browser sent."""
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "none")
        if origin is None:
            is_same = site == "same-origin"
        else:
            is_same = origin.lower() == _own_origin(request)
        if is_same:
            # A page that somebody else's name brought here may send whatever it likes, and would read the answer.
            may = (
                is_own_host(request.host) or bool(read_host(request.host).services) or self.allows_origin(origin or "")
            )
        elif origin is None:
            # Followed links and embedded pictures. Reading is harmless, but a query may be an action too.
            may = site == "none" or (request.method in _SAFE_METHODS and "Action=" not in request.query_string)
        elif self.allows_origin(origin):
            may = True
        elif request.method == "POST":
            # What a browser does not send without asking has passed the preflight, be it by a bucket's own rules.
            content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            may = content_type not in _UNASKED_TYPES
        else:
            may = "Action=" not in request.query_string
        return None if may else _forbidden("pages of this origin may not call; allow it with --cors-origin")

    def allows_origin(self, origin: str) -> bool:
        """Whether pages of an origin may call AWS's APIs: those of this machine, and those that were allowed."""
        origin = origin.rstrip("/").lower()
        allowed = self._options.allowed_origins
        if "*" in allowed or origin in {one.lower() for one in allowed}:
            return True
        try:
            parts = urlsplit(origin)
            return parts.scheme in ("http", "https") and is_own_host(parts.netloc)
        except ValueError:
            return False


def _is_bare(request: Request) -> bool:
    """Whether nothing is sent but the request itself (``curl -X POST``): a page could send that only with its origin,
    and a form says its type."""
    return (
        "content-type" not in request.headers
        and request.headers.get("content-length", "0") == "0"
        and "transfer-encoding" not in request.headers
    )


def is_browsers(request: Request) -> bool:
    """Whether a browser says that it sent the request."""
    return "origin" in request.headers or "sec-fetch-site" in request.headers


def _own_origin(request: Request) -> str:
    """The origin of pages that this server itself would send."""
    return f"{request.scheme}://{request.host}".lower()


def _name(host: str) -> str:
    """A host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    if host.count(":") > 1:
        return host.lower()
    return host.partition(":")[0].rstrip(".").lower()


def _forbidden(why: str) -> Response:
    return json_response({"error": why}, 403)
