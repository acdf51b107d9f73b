"""aioboto3: resources, and transfers of files, on the loop."""

from __future__ import annotations

import asyncio
import io

import aioboto3

from awsim import Cloud

BODY = bytes(range(256)) * 4096


def test_a_file_is_transferred_both_ways(aws: Cloud) -> None:
    aws.settings.s3_min_part_size = 1

    async def main() -> bytes:
        async with aioboto3.Session().client("s3") as s3:
            await s3.create_bucket(Bucket="box")
            await s3.upload_fileobj(io.BytesIO(BODY), "box", "k")
            found = io.BytesIO()
            await s3.download_fileobj("box", "k", found)
            return found.getvalue()

    assert asyncio.run(main()) == BODY


def test_resources_are_answered(aws: Cloud) -> None:
    async def main() -> list[str]:
        async with aioboto3.Session().resource("s3") as s3:
            bucket = await s3.Bucket("box")
            await bucket.create()
            await bucket.put_object(Key="a", Body=b"1")
            return [summary.key async for summary in bucket.objects.all()]

    assert asyncio.run(main()) == ["a"]


def test_tables_are_written_in_batches(aws: Cloud) -> None:
    async def main() -> int:
        async with aioboto3.Session().resource("dynamodb") as dynamodb:
            table = await dynamodb.create_table(
                TableName="table",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            await table.wait_until_exists()
            async with table.batch_writer() as batch:
                for number in range(30):
                    await batch.put_item(Item={"id": str(number)})
            return len((await table.scan())["Items"])

    assert asyncio.run(main()) == 30
