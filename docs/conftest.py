"""The documentation's examples run as tests: each page's Python blocks, from top to bottom."""

from __future__ import annotations

import importlib.util

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

# aiobotocore pins botocore, so its page runs where its tests do: tox -e aiobotocore-newest.
_excluded = [] if importlib.util.find_spec("aiobotocore") else ["how-to/async.md"]

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"], excludes=_excluded).pytest()
