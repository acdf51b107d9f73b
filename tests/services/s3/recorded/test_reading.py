"""The conditions of a read, as recorded."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ..conftest import status
from .recording import Recording, recorded


@recorded("s3/test_s3.json", "TestS3::test_s3_get_object_headers")
def test_a_read_is_answered_if_its_conditions_hold(s3, bucket, recording: Recording):
    tag = s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")["ETag"]

    def get(**conditions: Any) -> Any:
        return s3.get_object(Bucket=bucket, Key="cat", **conditions)

    def error(**conditions: Any) -> Any:
        with pytest.raises(ClientError) as caught:
            get(**conditions)
        return caught.value.response["Error"]

    plain = tag.strip('"')
    recording.equals("if_match_1", status(get(IfMatch=tag)))
    recording.equals("if_match_2", status(get(IfMatch=plain)))
    recording.equals("if_match_err_1", error(IfMatch="etag"))
    recording.equals("if_none_match_1", status(get(IfNoneMatch="etag")))
    recording.equals("if_none_match_err_1", error(IfNoneMatch=tag))
    recording.equals("if_none_match_err_2", error(IfNoneMatch=plain))
