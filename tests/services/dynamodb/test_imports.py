"""ImportTable, DescribeImport, ListImports."""

from __future__ import annotations

import gzip
import json
from typing import Any

import boto3
import pytest

TABLE = {
    "TableName": "music",
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "nr", "AttributeType": "N"},
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "nr", "KeyType": "RANGE"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEMS = [
    {
        "id": {"S": "a"},
        "nr": {"N": "1"},
        "b": {"B": b"\x00"},
        "ss": {"SS": ["p", "q"]},
        "m": {"M": {"k": {"NULL": True}}},
    },
    {"id": {"S": "b"}, "nr": {"N": "-2.5"}, "l": {"L": [{"BOOL": False}, {"N": "10"}]}},
]
LINES = "\n".join(
    [
        '{"Item":{"id":{"S":"a"},"nr":{"N":"1.0"},"b":{"B":"AA=="},"ss":{"SS":["p","q"]},"m":{"M":{"k":{"NULL":true}}}}}',
        "",
        '{"Item": {"id": {"S": "b"}, "nr": {"N": "-2.5"}, "l": {"L": [{"BOOL": false}, {"N": "1E+1"}]}}}',
    ]
).encode()
ION = b"""$ion_1_0 {Item:{id:"a",nr:1.0,b:{{AA==}},ss:$dynamodb_SS::["p","q"],m:{k:null}}}
$ion_1_0 {Item:{id:"b",nr:-2.5,l:[false,1d1]}}
"""


@pytest.fixture(scope="session")
def s3_of_session() -> Any:
    return boto3.Session("testing", "testing", region_name="us-east-1").client("s3")


@pytest.fixture
def s3(cloud: Any, s3_of_session: Any) -> Any:
    s3_of_session.create_bucket(Bucket="imports")
    return s3_of_session


def imported(dynamodb: Any, **members: Any) -> dict[str, Any]:
    """The description of an import that has come to its end."""
    members = {
        "S3BucketSource": {"S3Bucket": "imports", "S3KeyPrefix": "in/"},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": TABLE,
        **members,
    }
    begun = dynamodb.import_table(**members)["ImportTableDescription"]
    assert begun["ImportStatus"] == "IN_PROGRESS"
    described: dict[str, Any] = dynamodb.describe_import(ImportArn=begun["ImportArn"])["ImportTableDescription"]
    return described


def zstd(data: bytes) -> bytes:
    zstandard = pytest.importorskip("zstandard", reason="ZSTD needs the extra awsim[dynamodb]")
    compressed: bytes = zstandard.ZstdCompressor().compress(data)
    return compressed


@pytest.mark.parametrize("compression", ["NONE", "GZIP", "ZSTD"])
@pytest.mark.parametrize("format_", ["DYNAMODB_JSON", "ION"])
def test_items_of_files_become_a_table(dynamodb: Any, s3: Any, contents: Any, format_: str, compression: str) -> None:
    if format_ == "ION":
        pytest.importorskip("amazon.ion.simpleion", reason="Ion needs the extra awsim[dynamodb]")
    data = LINES if format_ == "DYNAMODB_JSON" else ION
    body = {"NONE": bytes, "GZIP": gzip.compress, "ZSTD": zstd}[compression](data)
    s3.put_object(Bucket="imports", Key="in/one", Body=body)
    s3.put_object(Bucket="imports", Key="out/other", Body=b"not asked for")
    described = imported(dynamodb, InputFormat=format_, InputCompressionType=compression, ClientToken="token")
    table = dynamodb.describe_table(TableName="music")["Table"]
    arn = table["TableArn"]
    assert described == {
        "ImportArn": described["ImportArn"],
        "ImportStatus": "COMPLETED",
        "TableArn": arn,
        "TableId": table["TableId"],
        "ClientToken": "token",
        "S3BucketSource": {"S3Bucket": "imports", "S3KeyPrefix": "in/"},
        "ErrorCount": 0,
        "CloudWatchLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws-dynamodb/imports:*",
        "InputFormat": format_,
        "InputCompressionType": compression,
        "TableCreationParameters": TABLE,
        "StartTime": described["StartTime"],
        "EndTime": described["EndTime"],
        "ProcessedSizeBytes": len(body),
        "ProcessedItemCount": 2,
        "ImportedItemCount": 2,
    }
    assert described["ImportArn"].startswith(f"{arn}/import/")
    assert (table["TableStatus"], table["ItemCount"]) == ("ACTIVE", 2)
    assert contents() == sorted(ITEMS, key=repr)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('id,nr,note\na,1,"x, y"\nb,2,\n', None),
        ("a;1;x, y\nb;2;\n", {"Csv": {"Delimiter": ";", "HeaderList": ["id", "nr", "note"]}}),
    ],
)
def test_a_csv_has_strings_but_for_keys(dynamodb: Any, s3: Any, contents: Any, text: str, options: Any) -> None:
    s3.put_object(Bucket="imports", Key="in/one.csv", Body=text.encode())
    described = imported(dynamodb, InputFormat="CSV", **({"InputFormatOptions": options} if options else {}))
    assert described["ImportStatus"] == "COMPLETED"
    assert contents() == [
        {"id": {"S": "a"}, "nr": {"N": "1"}, "note": {"S": "x, y"}},
        {"id": {"S": "b"}, "nr": {"N": "2"}, "note": {"S": ""}},
    ]


def test_what_is_wrong_is_counted_and_the_rest_imported(dynamodb: Any, s3: Any, contents: Any) -> None:
    lines = [
        "no JSON",
        "[]",
        '{"Item": {"id": {"S": "a"}}}',
        '{"Item": {"id": {"N": "1"}, "nr": {"N": "1"}}}',
        '{"Item": {"id": {"S": "a"}, "nr": {"N": "x"}}}',
        '{"Item": {"id": {"S": "a"}, "nr": {"N": "1"}, "x": "plain"}}',
        '{"Item": {"id": {"S": "a"}, "nr": {"N": "1"}, "x": {"B": "***"}}}',
        '{"Item": {"id": {"S": "good"}, "nr": {"N": "1"}}}',
    ]
    s3.put_object(Bucket="imports", Key="in/one", Body="\n".join(lines).encode())
    described = imported(dynamodb)
    assert (described["ImportStatus"], described["FailureCode"], described["FailureMessage"]) == (
        "FAILED",
        "ItemValidationError",
        "Some of the items failed validation checks. Please check CloudWatch error logs for more details.",
    )
    assert [described[name] for name in ("ProcessedItemCount", "ImportedItemCount", "ErrorCount")] == [8, 1, 7]
    assert contents() == [{"id": {"S": "good"}, "nr": {"N": "1"}}]


def test_damaged_objects_are_errors(dynamodb: Any, s3: Any) -> None:
    s3.put_object(Bucket="imports", Key="in/one", Body=gzip.compress(LINES)[:-9])
    described = imported(dynamodb, InputCompressionType="GZIP")
    assert (described["ImportStatus"], described["ErrorCount"], described["ImportedItemCount"]) == ("FAILED", 1, 0)


def test_an_import_from_a_bucket_that_is_not_there_fails(dynamodb: Any) -> None:
    described = imported(dynamodb, S3BucketSource={"S3Bucket": "nowhere"})
    assert (described["ImportStatus"], described["FailureCode"]) == ("FAILED", "S3NoSuchBucket")


def test_an_import_fills_indexes(dynamodb: Any, s3: Any) -> None:
    s3.put_object(Bucket="imports", Key="in/one", Body=LINES)
    index = {
        "IndexName": "bynr",
        "KeySchema": [{"AttributeName": "nr", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    imported(dynamodb, TableCreationParameters={**TABLE, "GlobalSecondaryIndexes": [index]})
    found = dynamodb.query(
        TableName="music",
        IndexName="bynr",
        KeyConditionExpression="nr = :nr",
        ExpressionAttributeValues={":nr": {"N": "-2.5"}},
    )
    assert found["Items"] == [{"id": {"S": "b"}, "nr": {"N": "-2.5"}}]


def test_what_was_exported_can_be_imported(dynamodb: Any, s3: Any, make_table: Any, contents: Any) -> None:
    arn = make_table("source", keys="id:S nr:N")["TableArn"]
    dynamodb.update_continuous_backups(
        TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for item in ITEMS:
        dynamodb.put_item(TableName="source", Item=item)
    for format_ in ("DYNAMODB_JSON", "ION"):
        if format_ == "ION":
            pytest.importorskip("amazon.ion.simpleion", reason="Ion needs the extra awsim[dynamodb]")
        begun = dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket="imports", ExportFormat=format_)
        manifest = dynamodb.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])
        prefix = manifest["ExportDescription"]["ExportManifest"].replace("manifest-summary.json", "data/")
        described = imported(
            dynamodb,
            S3BucketSource={"S3Bucket": "imports", "S3KeyPrefix": prefix},
            InputFormat=format_,
            InputCompressionType="GZIP",
            TableCreationParameters={**TABLE, "TableName": f"copy-{format_}"},
        )
        assert described["ImportStatus"] == "COMPLETED"
        assert contents(f"copy-{format_}") == sorted(ITEMS, key=repr)


def test_imports_are_listed_the_latest_first(dynamodb: Any, s3: Any, advance: Any) -> None:
    made = []
    for nr in range(3):
        made.append(imported(dynamodb, TableCreationParameters={**TABLE, "TableName": f"copy{nr}"})["ImportArn"])
        advance(1)
    listed = dynamodb.list_imports(PageSize=2)
    assert len(listed["ImportSummaryList"]) == 2
    rest = dynamodb.list_imports(NextToken=listed["NextToken"])["ImportSummaryList"]
    assert {one["ImportArn"] for one in listed["ImportSummaryList"] + rest} == set(made)
    assert json.dumps(rest[0]["S3BucketSource"]) == '{"S3Bucket": "imports", "S3KeyPrefix": "in/"}'


def test_what_cannot_be_imported_is_refused(dynamodb: Any, s3: Any, make_table: Any, refusal: Any) -> None:
    members = {
        "S3BucketSource": {"S3Bucket": "imports"},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": TABLE,
    }
    options = {"Csv": {"Delimiter": ","}}
    assert refusal(dynamodb.import_table, InputFormatOptions=options, **members) == (
        "ValidationException",
        "InputFormatOptions can be specified only when InputFormat is CSV",
    )
    make_table()
    assert refusal(dynamodb.import_table, **members) == ("ResourceInUseException", "Table already exists: music")
    unknown = "arn:aws:dynamodb:us-east-1:123456789012:table/music/import/01658528578619-c4d4e311"
    assert refusal(dynamodb.describe_import, ImportArn=unknown) == (
        "ImportNotFoundException",
        f"Import not found: {unknown}",
    )
