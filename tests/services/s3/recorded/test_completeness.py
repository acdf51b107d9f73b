"""Every recorded answer of S3 and S3 Control is asked again, or excepted for a reason that is written down."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from tests.services.s3 import recorded

from .exceptions import EXCEPTIONS
from .recording import REPLAYED, recordings


def test_every_recorded_answer_is_asked_again_or_excepted(shared: Path):
    for module in pkgutil.iter_modules(recorded.__path__):
        importlib.import_module(f"{recorded.__name__}.{module.name}")
    answers = {}
    for folder in ("s3", "s3control"):
        for file in sorted((shared / "aws-recorded" / folder).glob("*.json")):
            for test, content in recordings(file).items():
                answers[f"{folder}/{file.name}", test] = content
    excepted = {key[:2] for key in EXCEPTIONS if len(key) == 2}
    assert REPLAYED & excepted == set()
    assert sorted(answers.keys() - REPLAYED - excepted) == []
    assert [key for key in EXCEPTIONS if not _names(answers, key)] == []


def _names(answers: dict[tuple[str, str], dict[str, object]], key: tuple[str, ...]) -> bool:
    """Whether an exception is of a recorded test, or of one of its answers."""
    return key[:2] in answers and (len(key) == 2 or key[2] in answers[key[0], key[1]])
