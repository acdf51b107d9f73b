"""Where ``awsim`` begins. Says which extra to install where the terminal's libraries are missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_TERMINAL_LIBRARIES = ("click", "rich")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments (default: the process's). Ends in SystemExit."""
    try:
        from awsim.cli.commands import awsim
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _TERMINAL_LIBRARIES:
            raise
        print('awsim: the command line needs an extra; install it with: pip install "awsim[cli]"', file=sys.stderr)
        raise SystemExit(2) from None
    awsim(args=list(arguments) if arguments is not None else None, prog_name="awsim")
