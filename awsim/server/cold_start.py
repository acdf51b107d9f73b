"""What lets a process that is nothing but a server start sooner.

Owns what is put off until the first calls have been answered: AWS's own library of checksums, which botocore would load
at once, and the collection of garbage while some hundred thousand objects are made that all stay. A server in somebody
else's process changes none of this.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys

#: How many more objects there may be than were let go of, before the youngest are looked through. Python's own number
#: looks through all that a server keeps many times a second.
_YOUNG_OBJECTS_MAX = 10_000

_has_begun = False


def begin() -> None:
    """Put off what can be; to be called before botocore is imported."""
    global _has_begun
    _has_begun = True
    gc.disable()
    if "botocore.compat" not in sys.modules and "awscrt" not in sys.modules:
        # botocore signs some requests with it; a server signs none.
        sys.modules["awscrt"] = None  # type: ignore[assignment]  # not to be imported
        try:
            importlib.import_module("botocore.compat")
        finally:
            del sys.modules["awscrt"]


def end() -> None:
    """Do what was put off; some time after the start, in a thread that nobody waits for."""
    global _has_begun
    with contextlib.suppress(ImportError):
        # It computes the checksums of S3's bodies many times as fast.
        importlib.import_module("awscrt.checksums")
    if _has_begun:
        _has_begun = False
        gc.freeze()  # what was made until now stays, and need not be looked through
        gc.set_threshold(_YOUNG_OBJECTS_MAX, *gc.get_threshold()[1:])
        gc.enable()
