"""One Cloud, in-process and over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

import awsim
from awsim import Cloud, MisuseError, mock_aws
from awsim.server.listener import PortTakenError
from awsim.server.options import ServerOptions
from awsim.server.server import Server


def until(is_so: Callable[[], bool]) -> None:
    """Wait until another thread has come so far."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_boto3_client_over_a_socket_and_one_in_process_see_the_same_bucket(server, client):
    client("s3").create_bucket(Bucket="photos")
    client("s3").put_object(Bucket="photos", Key="a b/ü+c", Body=b"cat", Metadata={"of": "tom"})
    found = server.cloud.client("s3").get_object(Bucket="photos", Key="a b/ü+c")
    assert (found["Body"].read(), found["Metadata"]) == (b"cat", {"of": "tom"})


def test_the_fixture_serves_the_tests_own_cloud(pytester: pytest.Pytester):
    pytester.makepyfile(
        outside="""
        import sys
        import boto3

        s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
                          aws_access_key_id="a", aws_secret_access_key="b")
        print(s3.get_object(Bucket="photos", Key="cat")["Body"].read().decode())
        s3.create_bucket(Bucket="from-outside")
        """,
        test_it="""
        import subprocess, sys
        import boto3

        def test_other_processes_see_the_same(aws_server):
            s3 = boto3.client("s3")
            s3.create_bucket(Bucket="photos")
            s3.put_object(Bucket="photos", Key="cat", Body=b"tom")
            told = subprocess.run([sys.executable, "outside.py", aws_server.url], capture_output=True, text=True)
            assert (told.stdout, told.stderr) == ("tom\\n", "")
            assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["from-outside", "photos"]
        """,
    )
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_without_a_cloud_the_active_one_is_served():
    with mock_aws() as cloud, awsim.serve() as server:
        assert server.cloud is cloud


def test_without_an_active_one_a_new_cloud_is_served():
    with awsim.serve() as server:
        assert isinstance(server.cloud, Cloud)


def test_another_cloud_can_take_its_place(server, client):
    client("sqs").create_queue(QueueName="old")
    server.cloud = Cloud()
    assert client("sqs").list_queues().get("QueueUrls", []) == []


def test_queue_urls_point_back_at_the_server(server, client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    assert url == f"{server.url}/123456789012/orders"
    sqs.send_message(QueueUrl=url, MessageBody="hi")
    for form in (
        url,
        "http://sqs.us-east-1.localhost.localstack.cloud:4566/123456789012/orders",
        "http://localhost:4566/queue/us-east-1/123456789012/orders",
        "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
    ):
        attributes = sqs.get_queue_attributes(QueueUrl=form, AttributeNames=["ApproximateNumberOfMessages"])
        assert attributes["Attributes"] == {"ApproximateNumberOfMessages": "1"}


def test_dynamodbs_answers_carry_a_checksum_of_their_body(server):
    connection = http.client.HTTPConnection(server.host, server.port)
    for body, status_code in (("{}", 200), ('{"Limit": -1}', 400)):
        target = {"x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0"}
        connection.request("POST", "/", body, target)
        answer = connection.getresponse()
        assert answer.status == status_code
        assert answer.getheader("x-amz-crc32") == str(zlib.crc32(answer.read()))
    connection.close()


def test_a_long_poll_waits_for_a_message_and_holds_up_nobody(server, client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    offset = server.cloud.clock.offset_seconds
    with ThreadPoolExecutor(8) as pool:
        polls = [pool.submit(client("sqs").receive_message, QueueUrl=url, WaitTimeSeconds=20) for _ in range(8)]
        until(lambda: server.cloud._waiting == 8)
        assert sqs.list_queues()["QueueUrls"] == [url]  # answered while they wait
        for number in range(8):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        bodies = sorted(message["Body"] for poll in polls for message in poll.result(30)["Messages"])
    assert bodies == [str(number) for number in range(8)]
    assert server.cloud.clock.offset_seconds == offset  # time did not jump


def test_a_long_poll_whose_caller_left_takes_no_message(server, client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"x-amz-target": "AmazonSQS.ReceiveMessage", "content-type": "application/x-amz-json-1.0"}
    connection.request("POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}), headers)
    until(lambda: server.cloud.is_waited_in)
    connection.close()
    until(lambda: not server.cloud.is_waited_in)
    sqs.send_message(QueueUrl=url, MessageBody="hi")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["hi"]


def test_stopping_answers_long_polls_at_once(client, server):
    url = client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(client("sqs").receive_message, QueueUrl=url, WaitTimeSeconds=20)
        until(lambda: server.cloud.is_waited_in)
        server.stop()
        assert "Messages" not in poll.result(10)
    assert not server.is_running


def test_work_for_later_runs_while_nobody_calls(server):
    ran = threading.Event()
    server.cloud.schedule._run = lambda task: ran.set()
    server.cloud.schedule.add(server.cloud.clock.time() + 0.05, "task")
    assert ran.wait(10)


def test_a_caller_sees_what_its_call_caused(server, client):
    s3, sqs = client("s3"), client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    s3.create_bucket(Bucket="photos")
    arn = "arn:aws:sqs:us-east-1:123456789012:events"
    s3.put_bucket_notification_configuration(
        Bucket="photos",
        NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]},
        SkipDestinationValidation=True,
    )
    s3.put_object(Bucket="photos", Key="cat")
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert '"key":"cat"' in message["Body"].replace(" ", "")


@pytest.mark.parametrize("size", [0, 1, 65_536, 300_000, 20_000_000])
def test_bodies_of_all_sizes_come_back_as_they_were(client, size):
    s3 = client("s3")
    s3.create_bucket(Bucket="photos")
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    s3.put_object(Bucket="photos", Key="cat", Body=body)
    assert s3.get_object(Bucket="photos", Key="cat")["Body"].read() == body
    assert s3.head_object(Bucket="photos", Key="cat")["ContentLength"] == size


def test_concurrent_conditional_writes_have_one_winner(client):
    dynamodb = client("dynamodb", config=boto3.session.Config(max_pool_connections=16))
    dynamodb.create_table(
        TableName="table",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def put(number: int) -> bool:
        try:
            dynamodb.put_item(
                TableName="table",
                Item={"id": {"S": "one"}, "by": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(id)",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(put, range(64))) == 1


def test_a_port_that_is_taken_is_said():
    with awsim.serve(Cloud()) as server, pytest.raises(PortTakenError) as caught:
        awsim.serve(Cloud(), port=server.port)
    assert str(caught.value) == (
        f"port {server.port} of 127.0.0.1 is taken; choose another with --port, or 0 for any that is free"
    )


def test_other_machines_are_let_in_on_purpose_only():
    with pytest.raises(MisuseError) as caught:
        ServerOptions(host="0.0.0.0")
    assert str(caught.value) == (
        "other machines could reach 0.0.0.0, and what listens there answers whoever asks; allow it with"
        " --allow-remote (allow_remote=True, AWSIM_ALLOW_REMOTE=1)"
    )
    assert Server(Cloud(), ServerOptions(host="0.0.0.0", allow_remote=True)).token != ""


def test_it_serves_several_addresses(client):
    with awsim.serve(Cloud(), also=(("127.0.0.2", 0),)) as server:
        port = server._sockets[1].getsockname()[1]
        sqs = client("sqs", endpoint_url=f"http://127.0.0.2:{port}")
        assert sqs.create_queue(QueueName="q")["QueueUrl"] == f"http://127.0.0.2:{port}/123456789012/q"


def test_a_server_stops_twice_and_starts_once(server):
    server.stop()
    server.stop()
    with pytest.raises(RuntimeError, match="a server starts once"):
        server.start()


def test_without_its_extra_it_says_which_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError) as caught:
        awsim.serve()
    assert str(caught.value) == (
        'the server needs an extra (uvicorn is missing); install it with: pip install "awsim[server]"'
    )
