"""Bodies that stream, both ways, and answers in pages, through aiobotocore."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from aiohttp import ClientPayloadError
from botocore.exceptions import ClientError

from awsim import Cloud
from tests.aio.conftest import answer_with_streams

BODY = b"".join(b"line %d\n" % number for number in range(1000))


def run(use: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """What ``use`` returns of a client of S3 with a bucket ``box``."""

    async def main() -> Any:
        async with get_session().create_client("s3", **options) as s3:
            await s3.create_bucket(Bucket="box")
            return await use(s3)

    return asyncio.run(main())


def test_a_body_is_read_within_its_context(aws: Cloud) -> None:
    async def use(s3: Any) -> bytes:
        await s3.put_object(Bucket="box", Key="k", Body=BODY)
        response = await s3.get_object(Bucket="box", Key="k")
        async with response["Body"] as stream:
            return bytes(await stream.read())

    assert run(use) == BODY


def test_a_body_is_read_piece_by_piece(aws: Cloud) -> None:
    async def use(s3: Any) -> list[Any]:
        await s3.put_object(Bucket="box", Key="k", Body=BODY)

        async def body() -> Any:
            return (await s3.get_object(Bucket="box", Key="k"))["Body"]

        stream = await body()
        first = [await stream.read(4), await stream.read(3), stream.tell()]
        chunks = [chunk async for chunk in (await body()).iter_chunks(4096)]
        lines = [line async for line in (await body()).iter_lines()]
        default = [chunk async for chunk in await body()]
        return [first, chunks, lines, default]

    first, chunks, lines, default = run(use)
    assert first == [b"line", b" 0\n", 7]
    assert b"".join(chunks) == BODY
    assert len(chunks[0]) == 4096
    assert lines == BODY.splitlines()
    assert b"".join(default) == BODY


def test_ranges_are_answered(aws: Cloud) -> None:
    async def use(s3: Any) -> bytes:
        await s3.put_object(Bucket="box", Key="k", Body=BODY)
        response = await s3.get_object(Bucket="box", Key="k", Range="bytes=0-5")
        return bytes(await response["Body"].read())

    assert run(use) == b"line 0"


class AsyncFile:
    """A file that is read by awaiting."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        await asyncio.sleep(0)
        return self._file.read(size)


@pytest.mark.parametrize("body", [lambda: BODY, lambda: bytearray(BODY), lambda: io.BytesIO(BODY)])
def test_any_body_can_be_sent(aws: Cloud, body: Callable[[], Any]) -> None:
    async def use(s3: Any) -> bytes:
        await s3.put_object(Bucket="box", Key="k", Body=body())
        return bytes(await (await s3.get_object(Bucket="box", Key="k"))["Body"].read())

    assert run(use) == BODY


def test_an_asynchronous_file_can_be_sent_where_its_length_is(aws: Cloud) -> None:
    async def use(s3: Any) -> tuple[bool, Any]:
        sent: dict[str, Any] = {}
        s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.update(request.headers))
        try:
            await s3.put_object(Bucket="box", Key="k", Body=AsyncFile(BODY), ContentLength=len(BODY))
        except ClientError as error:
            return "X-Amz-Decoded-Content-Length" in sent, error.response["Error"]["Code"]
        return True, bytes(await (await s3.get_object(Bucket="box", Key="k"))["Body"].read())

    # Versions of aiobotocore before 3.4 leave the length of such a body out, which S3 refuses.
    assert run(use) in ((True, BODY), (False, "MissingContentLength"))


def test_pages_are_walked(aws: Cloud) -> None:
    async def use(s3: Any) -> tuple[list[str], list[str]]:
        for number in range(5):
            await s3.put_object(Bucket="box", Key=f"k{number}", Body=b"")
        paginator = s3.get_paginator("list_objects_v2")
        keys = []
        async for page in paginator.paginate(Bucket="box", PaginationConfig={"PageSize": 2}):
            keys += [entry["Key"] for entry in page["Contents"]]
        searched = [key async for key in paginator.paginate(Bucket="box").search("Contents[].Key")]
        return keys, searched

    expected = [f"k{number}" for number in range(5)]
    assert run(use) == (expected, expected)


def test_a_multipart_upload_is_put_together(aws: Cloud) -> None:
    aws.settings.s3_min_part_size = 1

    async def use(s3: Any) -> bytes:
        upload = (await s3.create_multipart_upload(Bucket="box", Key="k"))["UploadId"]
        parts = []
        for number, part in enumerate([BODY[:10], BODY[10:]], start=1):
            answer = await s3.upload_part(Bucket="box", Key="k", UploadId=upload, PartNumber=number, Body=part)
            parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        await s3.complete_multipart_upload(Bucket="box", Key="k", UploadId=upload, MultipartUpload={"Parts": parts})
        return bytes(await (await s3.get_object(Bucket="box", Key="k"))["Body"].read())

    assert run(use) == BODY


def test_event_streams_are_read_as_they_come(aws: Cloud) -> None:
    answer_with_streams(aws)

    async def main() -> list[Any]:
        async with get_session().create_client("lambda") as functions:
            response = await functions.invoke_with_response_stream(FunctionName="f")
            return [event async for event in response["EventStream"]]

    assert asyncio.run(main()) == [
        {"PayloadChunk": {"Payload": b"one"}},
        {"PayloadChunk": {"Payload": b"two"}},
        {"InvokeComplete": {"LogResult": "done"}},
    ]


@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")
def test_over_httpx_it_is_the_same(aws: Cloud) -> None:
    from aiobotocore.httpxsession import HttpxSession

    async def use(s3: Any) -> Any:
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="box", Key="none")
        await s3.put_object(Bucket="box", Key="k", Body=BODY)
        # Older versions read such a body only as a whole.
        return await (await s3.get_object(Bucket="box", Key="k"))["Body"].read()

    assert run(use, config=AioConfig(http_session_cls=HttpxSession)) == BODY


def test_a_body_that_breaks_off_is_aiohttps_error(aws: Cloud) -> None:
    async def use(s3: Any) -> bytes:
        await s3.put_object(Bucket="box", Key="k", Body=BODY)
        aws.faults.add("s3.GetObject", truncate=100)
        stream = (await s3.get_object(Bucket="box", Key="k"))["Body"]
        beginning = await stream.read(100)
        with pytest.raises(ClientPayloadError):
            await stream.read(100)
        return bytes(beginning)

    assert run(use) == BODY[:100]


def test_another_answer_that_breaks_off_is_asked_for_again(aws: Cloud) -> None:
    async def use(s3: Any) -> int:
        aws.faults.add("s3.ListBuckets", truncate=1, times=1)
        return int((await s3.list_buckets())["ResponseMetadata"]["RetryAttempts"])

    assert run(use) == 1
