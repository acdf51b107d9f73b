"""Where ``awsim`` begins. Says which extra to install where the terminal's libraries are missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_TERMINAL_LIBRARIES = ("click", "rich")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments (default: the process's). Ends in SystemExit."""
    arguments = sys.argv[1:] if arguments is None else arguments
    extra = "cli"
    try:
        if arguments and arguments[0] == "serve":  # without the other commands it starts sooner, and needs no rich
            extra = "server"
            from awsim.server import cold_start

            cold_start.begin()
            from awsim.cli.serve import serve

            serve(args=list(arguments[1:]), prog_name="awsim serve")
            return
        from awsim.cli.commands import awsim
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _TERMINAL_LIBRARIES:
            raise
        print(f'awsim: the command line needs an extra; install it with: pip install "awsim[{extra}]"', file=sys.stderr)
        raise SystemExit(2) from None
    awsim(args=list(arguments), prog_name="awsim")
