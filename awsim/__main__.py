"""``python -m awsim``: the same as ``awsim``, and without arguments the server."""

from __future__ import annotations

import sys

from awsim.cli.main import main

main(sys.argv[1:] or ["serve"])
