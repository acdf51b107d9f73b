"""What a server is told: where to listen, and whom to answer.

Owns the options, their checks, and the environment variables that set them: AWSIM_* and LocalStack's own. What a Cloud
is told is in :class:`awsim.settings.Settings`.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from awsim.errors import MisuseError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4566


def is_loopback(host: str) -> bool:
    """Whether an address or name can be reached from this machine alone."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@attrs.frozen(kw_only=True)
class ServerOptions:
    """One server's options. Raises MisuseError for those that do not go together."""

    #: Where to listen (AWSIM_HOST, GATEWAY_LISTEN).
    host: str = DEFAULT_HOST
    #: 0 for any that is free (AWSIM_PORT, GATEWAY_LISTEN).
    port: int = attrs.field(default=DEFAULT_PORT, validator=[attrs.validators.ge(0), attrs.validators.le(65535)])
    #: Further addresses to listen on (GATEWAY_LISTEN).
    also: tuple[tuple[str, int], ...] = ()
    #: Speak TLS, with a certificate that awsim makes itself (AWSIM_TLS).
    tls: bool = False
    #: Listen on addresses that other machines can reach. The control endpoints then need the token
    #: (AWSIM_ALLOW_REMOTE).
    allow_remote: bool = False
    #: What the control endpoints ask for; made up where other machines may ask, and needed by nobody else
    #: (AWSIM_TOKEN).
    token: str = attrs.field(default="", repr=False)
    #: Origins of web pages that may call, besides those of this machine
    #: (AWSIM_CORS_ALLOWED_ORIGINS, EXTRA_CORS_ALLOWED_ORIGINS).
    allowed_origins: frozenset[str] = attrs.field(default=frozenset(), converter=frozenset)
    #: Whether POST /_awsim/health may end the server.
    allow_kill: bool = False
    #: The folder in which state outlives the server (AWSIM_STATE_DIR; PERSISTENCE=1 takes a folder of the user's own);
    #: None to keep none.
    state_dir: Path | None = attrs.field(default=None, converter=attrs.converters.optional(Path))

    def __attrs_post_init__(self) -> None:
        remote = [host for host, _ in self.addresses if not is_loopback(host)]
        if remote and not self.allow_remote:
            raise MisuseError(
                f"other machines could reach {remote[0] or 'every address of this machine'}, and what listens there"
                " answers whoever asks; allow it with --allow-remote (allow_remote=True, AWSIM_ALLOW_REMOTE=1)"
            )

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """All addresses to listen on."""
        return ((self.host, self.port), *self.also)

    @property
    def is_remote(self) -> bool:
        """Whether other machines can reach it."""
        return any(not is_loopback(host) for host, _ in self.addresses)

    @classmethod
    def from_environment(cls, **options: Any) -> ServerOptions:
        """The options that the environment asks for, and before those the ones given. Raises MisuseError."""
        return cls(**{**_of_environment(os.environ), **options})


def _of_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if listen := environ.get("GATEWAY_LISTEN"):
        first, *others = (_address(text) for text in listen.split(",") if text.strip())
        options["host"], options["port"] = first
        options["also"] = tuple(others)
    if host := environ.get("AWSIM_HOST"):
        options["host"] = host
    if port := environ.get("AWSIM_PORT"):
        options["port"] = _port(port, "AWSIM_PORT")
    for name in ("tls", "allow_remote"):
        if is_true(environ.get(f"AWSIM_{name.upper()}")):
            options[name] = True
    if state_dir := environ.get("AWSIM_STATE_DIR"):
        options["state_dir"] = state_dir
    elif is_true(environ.get("PERSISTENCE")):
        base = environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        options["state_dir"] = Path(base) / "awsim"
    if token := environ.get("AWSIM_TOKEN"):
        options["token"] = token
    origins = f"{environ.get('AWSIM_CORS_ALLOWED_ORIGINS', '')},{environ.get('EXTRA_CORS_ALLOWED_ORIGINS', '')}"
    if allowed := frozenset(origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip()):
        options["allowed_origins"] = allowed
    return options


def is_true(value: str | None) -> bool:
    """Whether an environment variable says yes."""
    return value is not None and value.strip().lower() in {"1", "true", "yes", "on"}


def _address(text: str) -> tuple[str, int]:
    """``host:port``, ``:port``, ``host`` or ``port``."""
    text = text.strip()
    if text.isdigit():
        return DEFAULT_HOST, _port(text, "GATEWAY_LISTEN")
    if text.startswith("[") or text.count(":") <= 1:
        host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
        if not colon:
            host, port = text, ""
    else:
        host, port = text, ""  # a bare IPv6 address
    return host.strip("[]") or DEFAULT_HOST, _port(port, "GATEWAY_LISTEN") if port else DEFAULT_PORT


def _port(text: str, name: str) -> int:
    if not text.strip().isdigit() or int(text) > 65535:
        raise MisuseError(f"{name} is a port, 0 to 65535, not {text!r}")
    return int(text)
