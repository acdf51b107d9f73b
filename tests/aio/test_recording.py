"""aiobotocore's calls are recorded and replayed as those of boto3 are; the real AWS is recorded through boto3 alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiobotocore.session import get_session

from awsim import MisuseError, mock_aws, record_aws


async def store() -> tuple[str, bytes]:
    async with get_session().create_client("s3") as s3:
        await s3.create_bucket(Bucket="box")
        etag = (await s3.put_object(Bucket="box", Key="k", Body=b"\xff\x00"))["ETag"]
        return etag, await (await s3.get_object(Bucket="box", Key="k"))["Body"].read()


def test_calls_are_recorded_and_replayed(tmp_path: Path) -> None:
    with mock_aws() as aws, aws.record(tmp_path / "calls"):
        first = asyncio.run(store())
    with mock_aws() as aws, aws.replay(tmp_path / "calls") as replay:
        assert asyncio.run(store()) == first
        replay.assert_all_used()


def test_its_sessions_and_clients_are_no_source(tmp_path: Path) -> None:
    async def main() -> None:
        session = get_session()
        async with session.create_client("s3", region_name="us-east-1") as s3:
            for source in (session, s3):
                with pytest.raises(MisuseError, match="^calls are recorded of a boto3 or botocore session, or of a"):
                    record_aws(source, tmp_path / "calls")

    with mock_aws():
        asyncio.run(main())
