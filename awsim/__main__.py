"""``python -m awsim``: the same as ``awsim``."""

from __future__ import annotations

from awsim.cli.main import main

main()
