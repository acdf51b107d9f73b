"""A server that runs, as the command line talks to it: by its control endpoints.

Owns where it is looked for, the token, and what is said when it does not answer. Must not know what is asked of it.
"""

from __future__ import annotations

import functools
import http.client
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import click

DEFAULT_URL = "http://127.0.0.1:4566"
#: How long an answer may take, in seconds.
TIMEOUT_SECONDS = 60.0

F = TypeVar("F", bound=Callable[..., Any])


class RemoteServer:
    """The control endpoints of one server. Every failure is a click.ClickException that says what to do."""

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        self.url = (url or DEFAULT_URL).rstrip("/")
        if "//" not in self.url:
            self.url = f"http://{self.url}"
        self._token = token
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if urlsplit(self.url).scheme == "https":
            handlers.append(urllib.request.HTTPSHandler(context=_trust()))
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str, **query: object) -> Any:
        """What an endpoint tells, from its JSON."""
        with self.open("GET", path, query=query) as answer:
            return self._read(answer)

    def post(self, path: str, body: object) -> Any:
        """What an endpoint answers to a JSON body."""
        with self.open("POST", path, json.dumps(body).encode()) as answer:
            return self._read(answer)

    def delete(self, path: str) -> Any:
        """What an endpoint answers to being told to forget something."""
        with self.open("DELETE", path) as answer:
            return self._read(answer)

    def open(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        *,
        query: dict[str, Any] | None = None,
        length: int | None = None,
    ) -> http.client.HTTPResponse:
        """The answer, to be read and closed; ``length`` is that of a body that comes from a file, in bytes."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if length is not None:
            headers["Content-Length"] = str(length)
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        given = {name: value for name, value in (query or {}).items() if value is not None}
        url = f"{self.url}{path}" + (f"?{urlencode(given)}" if given else "")
        try:
            request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310  # the user's own
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            raise click.ClickException(self._refusal(error)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise click.ClickException(
                f"no server answers at {self.url} ({reason}); start one with `awsim serve`, or say where it is with"
                " --url or AWSIM_URL"
            ) from None
        return answer

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        with error:
            if error.code == 401:
                return f"{self.url} asks for its token: --token or AWSIM_TOKEN; `awsim serve` prints it"
            try:
                why = json.loads(error.read())["error"]
            except (ValueError, LookupError, TypeError, OSError):
                return f"{self.url} answers {error.code} {error.reason}: is it a server of awsim?"
        return str(why)

    def _read(self, answer: http.client.HTTPResponse) -> Any:
        try:
            return json.load(answer)
        except (ValueError, http.client.HTTPException, OSError):
            raise click.ClickException(f"what answers at {self.url} is no server of awsim") from None


def _trust() -> ssl.SSLContext:
    """Trust what the machine trusts, and the certificate that awsim made itself."""
    from awsim.protocol.disk_cache import directory

    context = ssl.create_default_context()
    own = directory() / "tls" / "server.pem"
    if own.exists():
        context.load_verify_locations(own)
    return context


def of_a_server(command: F) -> F:
    """Give a command a ``server`` in place of the options that say which."""

    @click.option("--url", metavar="URL", help=f"Where the server is.  [default: {DEFAULT_URL}; AWSIM_URL]")
    @click.option("--token", metavar="TEXT", help="The token of its control endpoints.  [AWSIM_TOKEN]")
    @functools.wraps(command)
    def with_server(*args: Any, url: str | None, token: str | None, **kwargs: Any) -> Any:
        url = url or os.environ.get("AWSIM_URL")
        return command(RemoteServer(url, token or os.environ.get("AWSIM_TOKEN")), *args, **kwargs)

    return with_server  # type: ignore[return-value]  # the same, with two more options


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that appears whole or not at all. Raises OSError."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
