"""``awsim serve``: its options, what it prints, and how it ends.

Imports neither the server nor rich before it has to: starting is to be quick.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from awsim.server.runtime import Runtime
    from awsim.server.server import Server


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", metavar="ADDRESS", help="Where to listen.  [default: 127.0.0.1; AWSIM_HOST, GATEWAY_LISTEN]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port; 0 for any that is free.  [default: 4566; AWSIM_PORT, GATEWAY_LISTEN]",
)
@click.option("--services", metavar="NAMES", help="The only services that answer, as s3,sqs.  [SERVICES]")
@click.option("--account", metavar="ID", help="The account of callers who name none.  [AWSIM_ACCOUNT_ID]")
@click.option("--region", metavar="NAME", help="The region of callers who name none.  [AWS_DEFAULT_REGION]")
@click.option("--seed", metavar="TEXT", help="Seeds every identifier, so that runs are alike.  [AWSIM_SEED]")
@click.option(
    "--state-dir", metavar="FOLDER", help="Keep state here, beyond the server's end.  [AWSIM_STATE_DIR, PERSISTENCE]"
)
@click.option("--strict", is_flag=True, help="Refuse input members that are not honoured.  [AWSIM_STRICT]")
@click.option("--tls", is_flag=True, help="Speak HTTPS, with a certificate made here.  [AWSIM_TLS]")
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Let other machines in; control endpoints then need a token.  [AWSIM_ALLOW_REMOTE]",
)
@click.option("--token", metavar="TEXT", help="The token of the control endpoints.  [default: made up; AWSIM_TOKEN]")
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    metavar="ORIGIN",
    help="A web page's origin that may call, besides this machine's.  [AWSIM_CORS_ALLOWED_ORIGINS]",
)
@click.option("--allow-kill", is_flag=True, help="Let POST /_awsim/health end the server.")
@click.option(
    "--init-dir",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="PATH",
    help="Scripts to run, in boot.d, start.d, ready.d, shutdown.d.  [default: /etc/localstack/init; AWSIM_INIT_DIR]",
)
@click.option("--strict-init", is_flag=True, help="End when a hook or a script fails.  [AWSIM_STRICT_INIT]")
def serve(
    host: str | None,
    port: int | None,
    services: str | None,
    account: str | None,
    region: str | None,
    seed: str | None,
    state_dir: str | None,
    strict: bool,
    tls: bool,
    allow_remote: bool,
    token: str | None,
    cors_origins: tuple[str, ...],
    allow_kill: bool,
    init_dir: Path | None,
    strict_init: bool,
) -> None:
    """Answer AWS's calls over HTTP, for every SDK and tool: at http://127.0.0.1:4566 unless told otherwise."""
    from awsim.errors import AwsimError

    options = {"host": host, "port": port, "token": token, "state_dir": state_dir}
    flags = {"tls": tls, "allow_remote": allow_remote, "allow_kill": allow_kill}
    settings = {"account_id": account, "region": region, "seed": seed, "strict": strict or None}
    try:
        server = _server(
            {**{name: value for name, value in options.items() if value is not None}, **_asked_for(flags)},
            {name: value for name, value in settings.items() if value is not None},
            services,
            cors_origins,
        )
        _set_up_logging()
        runtime = _runtime(server, init_dir, strict_init)
        runtime.start()
        server.start()
    except (AwsimError, ValueError) as error:  # a ValueError of an option's own check
        raise click.ClickException(str(error)) from None
    _run(server, runtime)


def _asked_for(flags: dict[str, bool]) -> dict[str, bool]:
    return {name: True for name, value in flags.items() if value}


def _server(
    options: dict[str, Any], settings: dict[str, Any], services: str | None, cors_origins: tuple[str, ...]
) -> Server:
    from awsim.server.extra import require_extra

    require_extra()
    from awsim.cloud import Cloud
    from awsim.server.environment import eager_services, settings_from_environment
    from awsim.server.options import ServerOptions
    from awsim.server.server import Server

    if services is not None:
        settings["services"] = frozenset(name.strip() for name in services.split(",") if name.strip())
    if cors_origins:
        options["allowed_origins"] = frozenset(cors_origins)
    server_options = ServerOptions.from_environment(**options)
    cloud = Cloud(settings_from_environment(**settings))
    for name in eager_services(cloud.settings.services):
        cloud.services.require(name)
    return Server(cloud, server_options)


def _runtime(server: Server, init_dir: Path | None, strict_init: bool) -> Runtime:
    from awsim.server.options import is_true
    from awsim.server.runtime import Runtime, find_init_folder

    is_strict = strict_init or is_true(os.environ.get("AWSIM_STRICT_INIT"))
    return Runtime(server, find_init_folder(init_dir), is_strict=is_strict)


def _set_up_logging() -> None:
    from awsim.server.options import is_true

    debug = is_true(os.environ.get("DEBUG"))
    logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("awsim").setLevel(logging.DEBUG if debug else logging.INFO)


class _Stopped(BaseException):
    """A signal, while scripts run that are to be ended."""


def _run(server: Server, runtime: Runtime) -> None:
    """Say where it is, run what is to run when it is ready, and wait until it ends: by a signal, or by a request."""
    from awsim.server.runtime import InitFailedError

    is_ready = False

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # who asks twice means it
        if not is_ready:
            raise _Stopped
        server.ask_to_stop()

    settings = server.cloud.settings
    click.echo(f"awsim listens at {server.url}, account {settings.account_id}, region {settings.region}.")
    if server.certificate is not None:
        click.echo(f"Clients trust it with AWS_CA_BUNDLE={server.certificate}")
    if server.token:
        click.echo(f"Control endpoints need the header: Authorization: Bearer {server.token}")
    sys.stdout.flush()  # whoever waits for it may read a pipe
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        runtime.ready()
        is_ready = True
        click.echo("Ready.")
        sys.stdout.flush()
        server.wait_until_asked()
    except _Stopped:
        pass
    except InitFailedError as error:
        runtime.shut_down()
        server.stop()
        raise click.ClickException(str(error)) from None
    runtime.shut_down()
    server.stop()
    if server.unsaved is not None:
        raise click.ClickException(server.unsaved)
