"""Requests that are almost right, as a stranger sends them: refused or answered, never a failure of the server."""

from __future__ import annotations

import contextlib
import http.client
import logging
import random

import pytest

SCOPE = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
JSON = {"content-type": "application/x-amz-json-1.0"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
S3 = {"authorization": SCOPE.format("s3")}
URL = "http://127.0.0.1/123456789012/orders"
CALLS: list[tuple[str, str, dict[str, str], str]] = [
    (
        "POST",
        "/",
        {"x-amz-target": "AmazonSQS.SendMessage", **JSON},
        f'{{"QueueUrl":"{URL}","MessageBody":"hi",'
        '"MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"aGk="}}}',
    ),
    ("POST", "/", FORM, f"Action=SendMessage&Version=2012-11-05&QueueUrl={URL}&MessageBody=hi&DelaySeconds=1"),
    (
        "POST",
        "/",
        {"x-amz-target": "DynamoDB_20120810.PutItem", **JSON},
        '{"TableName":"music","Item":{"id":{"S":"1"},"n":{"N":"1.5e3"},"l":{"L":[{"NULL":true},{"SS":["a"]}]}},'
        '"ConditionExpression":"attribute_not_exists(#a) AND size(id) < :n","ExpressionAttributeNames":{"#a":"z"},'
        '"ExpressionAttributeValues":{":n":{"N":"5"}}}',
    ),
    ("PUT", "/photos/cat", {**S3, "x-amz-tagging": "a=b", "x-amz-checksum-crc32": "NhCmhg=="}, "hello"),
    ("PUT", "/photos/cat?tagging", S3, "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"),
    ("GET", "/photos?list-type=2&max-keys=3&prefix=a&delimiter=%2F&encoding-type=url", S3, ""),
    ("GET", "/photos/cat?partNumber=1", {**S3, "range": "bytes=0-3"}, ""),
    ("POST", "/photos?delete", S3, "<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>"),
    ("PUT", "/photos/tom", {**S3, "x-amz-copy-source": "/photos/cat?versionId=null"}, ""),
    (
        "POST",
        "/",
        {**FORM, "authorization": SCOPE.format("sts")},
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=abc",
    ),
    ("GET", "/_awsim/calls?operation=sqs.*&after=7&limit=10", {}, ""),
    ("GET", f"/_aws/sqs/messages?QueueUrl={URL}", {}, ""),
]
PIECES = [
    "\x00",
    "\xff",
    "%00",
    "%",
    "9" * 30,
    "-1",
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\ud800",
    "null",
    "1e400",
    "<",
    ">",
    "&",
]
PIECES += ["=", "/", "..", "?", ":", ",", " " * 100, "a" * 3000, "()", "AND", "arn:aws:", "\xf0\x9f\x98\x80"]
IN_A_HEAD = [piece for piece in PIECES if piece.isascii() and piece.isprintable()]


def damaged(chance: random.Random, text: str, pieces: list[str]) -> str:
    for _ in range(chance.choice((1, 1, 2, 4))):
        start = chance.randrange(len(text) + 1)
        text = text[:start] + chance.choice([*pieces, ""]) + text[start + chance.choice((0, 1, 1, 5)) :]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_what_is_almost_right_never_fails(server, client, caplog, seed):
    chance = random.Random(seed)
    client("s3").create_bucket(Bucket="photos")
    client("sqs").create_queue(QueueName="orders")
    client("dynamodb").create_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    statuses = set()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    with contextlib.closing(connection), caplog.at_level(logging.ERROR):
        for _ in range(100):
            method, target, headers, body = chance.choice(CALLS)
            part = chance.choice(("target", "header", "body" if body else "target"))
            if part == "target":
                target = "/" + damaged(chance, target[1:], IN_A_HEAD).replace(" ", "+")
            elif part == "header" and headers:
                name = chance.choice(list(headers))
                headers = {**headers, name: damaged(chance, headers[name], IN_A_HEAD)}
            else:
                body = damaged(chance, body, PIECES)
            connection.request(method, target, body.encode("latin-1"), headers)
            answer = connection.getresponse()
            answer.read()
            statuses.add(answer.status)
            assert answer.status < 500, (method, target, headers, body)
    assert {200, 400} <= statuses
    assert [record.getMessage() for record in caplog.records] == []
