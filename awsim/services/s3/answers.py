"""What an answer says beyond its members: a status and headers that the model has no member for.

AWS: part of an object is answered with 206; a bucket's region, a delete marker and an unchanged object's entity tag
travel in the headers of errors. botocore's model has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsim.context import RequestContext

PARTIAL_CONTENT = 206


def answer_with(context: RequestContext[Any], headers: Mapping[str, str], status_code: int | None = None) -> None:
    """Add headers to this call's answer, be it an error, and give a success another status."""
    context.answer_headers.update(headers)
    if status_code is not None:
        context.answer_status = status_code
