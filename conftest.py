"""The environment in which all tests run, of the code and of the documentation: not that of who runs them."""

from __future__ import annotations

import os

#: What is left alone: certificates of a network behind a proxy, which the tests of other clients use.
_KEPT = ("AWS_CA_BUNDLE",)
#: What has programs colour what they print into a pipe.
_COLOURS = ("FORCE_COLOR", "CLICOLOR_FORCE")

for _name in list(os.environ):
    _of_aws = _name.startswith("AWS_") and _name not in _KEPT
    if _of_aws or _name in _COLOURS or _name.lower().endswith("_proxy"):
        del os.environ[_name]
