"""The control endpoints, LocalStack's among them, and the services' developer endpoints."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config

import awsim
from awsim import Cloud

TABLE = {
    "TableName": "table",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def control(ask):
    """A request whose answer is JSON: its status and what it says."""

    def control(method: str, target: str, value: Any = None) -> tuple[int, Any]:
        headers = {} if method in ("GET", "DELETE") else {"content-type": "application/json"}
        body = None if method in ("GET", "DELETE") else json.dumps({} if value is None else value)
        status, answered, found = ask(method, target, headers, body)
        assert answered["content-type"] == "application/json"
        return status, json.loads(found)

    return control


@pytest.mark.parametrize("path", ["/_awsim/health", "/_localstack/health"])
def test_health_tells_the_states_of_services(control, client, path):
    client("sqs").list_queues()
    status, told = control("GET", path)
    assert status == 200
    assert told["services"]["sqs"] == "running"
    assert told["services"]["dynamodb"] == "available"
    assert (told["edition"], told["version"]) == ("community", awsim.__version__)


def test_services_that_do_not_answer_are_disabled(control, server):
    server.cloud = Cloud(awsim.Settings(services=frozenset({"s3"})))
    told = control("GET", "/_localstack/health")[1]["services"]
    assert (told["s3"], told["sqs"]) == ("available", "disabled")


def test_health_answers_head(ask):
    assert ask("HEAD", "/_localstack/health")[0::2] == (200, b"")


def test_a_restart_forgets_all_state(ask, client):
    client("sqs").create_queue(QueueName="q")
    answer = ask("POST", "/_localstack/health", {"content-type": "application/json"}, '{"action":"restart"}')
    assert answer[0::2] == (200, b"ok")
    assert client("sqs").list_queues().get("QueueUrls", []) == []


def test_ending_the_server_is_refused_unless_allowed(control, server):
    assert control("POST", "/_localstack/health", {"action": "kill"}) == (
        403,
        {"error": "ending the server is not allowed; allow it with --allow-kill"},
    )
    with awsim.serve(Cloud(), allow_kill=True) as mortal:
        request = urllib.request.Request(
            f"{mortal.url}/_awsim/health", b'{"action":"kill"}', {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            assert response.read() == b"ok"
        mortal.wait()
        assert not mortal.is_running


def test_any_other_action_is_told(control):
    assert control("POST", "/_awsim/health", {"action": "dance"}) == (
        400,
        {"error": "the action is 'restart' or 'kill', not 'dance'"},
    )


def test_info(control, server):
    status, told = control("GET", "/_awsim/info")
    assert status == 200
    assert told["uptime_seconds"] >= 0
    assert {name: told[name] for name in ("version", "url", "account_id", "region", "seed", "strict", "services")} == {
        "version": awsim.__version__,
        "url": server.url,
        "account_id": "123456789012",
        "region": "us-east-1",
        "seed": 0,
        "strict": False,
        "services": None,
    }


def test_localstacks_clients_find_what_they_read(control):
    told = control("GET", "/_localstack/info")[1]
    assert told.keys() == {
        "version",
        "edition",
        "is_license_activated",
        "session_id",
        "machine_id",
        "system",
        "is_docker",
        "server_time_utc",
        "uptime",
    }
    assert control("GET", "/_localstack/init") == (
        200,
        {"completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}, "scripts": []},
    )
    assert control("GET", "/_localstack/init/ready") == (200, {"completed": True, "scripts": []})
    assert control("GET", "/_localstack/init/never") == (
        404,
        {"error": "no such stage 'never'; there are: boot, start, ready, shutdown"},
    )


def test_the_last_calls_can_be_followed(control, client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hi")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="none")
    status, told = control("GET", "/_awsim/calls")
    assert status == 200
    assert [(call["number"], call["operation"]) for call in told["calls"]] == [
        (1, "CreateQueue"),
        (2, "SendMessage"),
        (3, "GetQueueUrl"),
    ]
    sent, failed = told["calls"][1:]
    assert sent["parameters"] == {"QueueUrl": url, "MessageBody": "hi"}
    assert (sent["service"], sent["status_code"], sent["error"]) == ("sqs", 200, None)
    assert (failed["status_code"], failed["error"]["message"]) == (400, "The specified queue does not exist.")
    assert [call["number"] for call in control("GET", "/_awsim/calls?after=1&limit=1")[1]["calls"]] == [2]
    assert [call["number"] for call in control("GET", "/_awsim/calls?limit=1")[1]["calls"]] == [3]
    assert [call["number"] for call in control("GET", "/_awsim/calls?operation=sqs.Send*")[1]["calls"]] == [2]
    assert control("DELETE", "/_awsim/calls") == (200, {})
    assert control("GET", "/_awsim/calls") == (200, {"calls": [], "dropped": 0, "last": 0})


def test_a_call_with_half_a_character_is_told_too(ask, control):
    target = {"x-amz-target": "AmazonSQS.CreateQueue", "content-type": "application/x-amz-json-1.0"}
    status, _, _ = ask("POST", "/", target, b'{"QueueName": "orders", "tags": {"a": "\\ud800"}}')
    assert status == 200
    (call,) = control("GET", "/_awsim/calls")[1]["calls"]
    assert call["parameters"]["tags"] == {"a": "\ud800"}


def test_a_call_of_no_operation_is_refused(control):
    status, told = control("GET", "/_awsim/calls?operation=sqs.Dance")
    assert status == 400
    assert "Dance" in told["error"]
    assert control("GET", "/_awsim/calls?limit=x") == (400, {"error": "limit is a count, not 'x'"})


def test_faults_are_added_seen_and_taken_out(control, client):
    asked = {"operation": "sqs.ListQueues", "error": "ThrottlingException", "message": "slow down", "times": 1}
    status, fault = control("POST", "/_awsim/faults", asked)
    assert (status, fault["operation"], fault["hits"]) == (201, "sqs.ListQueues", 0)
    sqs = client("sqs")
    with pytest.raises(sqs.exceptions.ClientError, match="slow down"):
        client("sqs", config=Config(retries={"total_max_attempts": 1})).list_queues()
    assert control("GET", "/_awsim/faults")[1]["faults"] == [
        {**fault, "hits": 1, "is_spent": True, "description": fault["description"].replace("0 hits", "1 hits")}
    ]
    assert control("DELETE", f"/_awsim/faults/{fault['id']}") == (200, {})
    assert control("DELETE", f"/_awsim/faults/{fault['id']}") == (404, {"error": f"there is no fault {fault['id']}"})
    control("POST", "/_awsim/faults", asked)
    assert control("DELETE", "/_awsim/faults") == (200, {})
    assert control("GET", "/_awsim/faults") == (200, {"faults": []})


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({}, 'say which: {"operation": "sqs.SendMessage", "error": "ThrottlingException"}'),
        (
            {"operation": "sqs.ListQueues", "times": 0, "error": "X"},
            "times= is how many calls to strike, at least 1, not 0",
        ),
        (
            {"operation": "sqs.ListQueues", "eror": "X"},
            "'eror' is not known here; known are: operation, members, error, message, status, times, after,"
            " probability, latency, connection",
        ),
        ({"operation": "sqs.ListQueues", "members": 1}, "members are those of the error, a JSON object"),
    ],
)
def test_a_fault_that_cannot_be_is_told(control, asked, error):
    assert control("POST", "/_awsim/faults", asked) == (400, {"error": error})


def test_the_clock_is_told_and_moved(control, server):
    before = control("GET", "/_awsim/clock")[1]
    assert (before["offset_seconds"], before["is_frozen"]) == (0.0, False)
    after = control("POST", "/_awsim/clock", {"advance": {"hours": 1, "minutes": 1}})[1]
    assert after["offset_seconds"] == pytest.approx(3660)
    frozen = control("POST", "/_awsim/clock", {"freeze": "2030-01-01T00:00:00Z"})[1]
    assert (frozen["time"], frozen["is_frozen"]) == ("2030-01-01T00:00:00+00:00", True)
    assert control("POST", "/_awsim/clock", {"set": "2031-01-01T00:00:00Z"})[1]["epoch_seconds"] == 1924992000.0
    assert control("POST", "/_awsim/clock", {"unfreeze": True})[1]["is_frozen"] is False


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({}, 'say one of: {"advance": {"hours": 1}}, {"set": …}, {"freeze": …}, {"unfreeze": true}'),
        ({"advance": 3}, 'say by how much: {"advance": {"hours": 1}}'),
        ({"advance": {"hours": "1"}}, "the clock advances by numbers"),
        ({"advance": {"weeks": 1}}, "'weeks' is not known here; known are: seconds, minutes, hours, days"),
        ({"advance": {"hours": -1}}, "the clock only moves forward, not by -3600.0 seconds"),
        ({"jump": 1}, "'jump' is not known here; known are: advance, set, freeze, unfreeze"),
    ],
)
def test_a_move_of_the_clock_that_cannot_be_is_told(control, asked, error):
    assert control("POST", "/_awsim/clock", asked) == (400, {"error": error})


def test_moving_the_clock_shows_hidden_messages_to_a_long_poll(control, client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        control("POST", "/_awsim/clock", {"advance": {"minutes": 15}})
        assert [message["Body"] for message in poll.result(10)["Messages"]] == ["later"]


@pytest.mark.parametrize("path", ["/_awsim/reset", "/_localstack/state/reset", "/moto-api/reset"])
def test_state_is_reset(control, client, path):
    client("s3").create_bucket(Bucket="photos")
    assert control("POST", path) == (200, {})
    assert client("s3").list_buckets()["Buckets"] == []


def test_a_bucket_and_a_key_named_as_motos_reset_are_s3s(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="moto-api")
    s3.put_object(Bucket="moto-api", Key="reset", Body=b"kept")
    assert s3.create_multipart_upload(Bucket="moto-api", Key="reset")["Key"] == "reset"
    assert s3.get_object(Bucket="moto-api", Key="reset")["Body"].read() == b"kept"


def test_state_is_written_out_and_taken_back(ask, control, client):
    client("s3").create_bucket(Bucket="photos")
    status, headers, state = ask("GET", "/_awsim/state")
    assert (status, headers["content-disposition"]) == (200, 'attachment; filename="awsim-state.json"')
    control("POST", "/_awsim/reset")
    assert ask("POST", "/_awsim/state", {"content-type": "application/json"}, state)[0] == 200
    assert [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]] == ["photos"]
    assert control("POST", "/_awsim/state", {"format": "pickle"})[0] == 400
    assert [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]] == ["photos"]


def test_a_state_that_is_none_is_told_without_a_word_of_where_it_was_put(ask):
    status, _, body = ask("POST", "/_awsim/state", {"content-type": "application/json"}, b"{}")
    assert (status, json.loads(body)) == (400, {"error": "the state that was sent is no snapshot of awsim"})


def test_resources_tell_what_exists(control, client):
    client("sqs").create_queue(QueueName="q")
    client("dynamodb").create_table(**TABLE)
    queue = {"service": "sqs", "type": "queue", "arn": "arn:aws:sqs:us-east-1:123456789012:q"}
    told = control("GET", "/_awsim/resources")[1]["resources"]
    assert queue in told
    assert {one["service"] for one in told} == {"dynamodb", "sqs"}
    assert control("GET", "/_awsim/resources?service=sqs") == (200, {"resources": [queue]})


def test_metrics_are_prometheus_text(ask, client):
    sqs = client("sqs")
    sqs.create_queue(QueueName="q")
    for _ in range(3):
        sqs.list_queues()
    status, headers, body = ask("GET", "/_awsim/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = body.decode().splitlines()
    assert 'awsim_calls_total{service="sqs",operation="ListQueues",status="200"} 3' in lines
    assert 'awsim_resources{service="sqs",type="queue"} 1' in lines
    for line in lines:
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{(\w+=\"[^\"]*\",?)+\})? [\d.e+-]+", line), line


def test_what_is_not_there_is_told(control, ask):
    assert control("GET", "/_awsim/nothing") == (404, {"error": "there is no /_awsim/nothing"})
    assert control("GET", "/_awsim/") == (404, {"error": "there is no /_awsim/"})
    assert control("DELETE", "/_awsim/info") == (405, {"error": "DELETE is not answered here"})
    assert ask("DELETE", "/_awsim/info")[1]["allow"] == "GET"
    assert control("GET", "/_aws/none/messages") == (404, {"error": "there is no /_aws/none/messages"})
    assert control("GET", "/_aws/sqs/none") == (404, {"error": "there is no /_aws/sqs/none"})
    assert control("DELETE", "/_aws/sqs/messages") == (405, {"error": "/_aws/sqs/messages answers GET, POST"})


@pytest.mark.parametrize("body", ["{", "[]", "1", '"x"'])
def test_a_body_that_is_no_object_is_told(ask, body):
    status, _, told = ask("POST", "/_awsim/clock", {"content-type": "application/json"}, body)
    assert status == 400
    assert "body" in json.loads(told)["error"]


def test_a_query_that_is_no_text_is_told(ask):
    status, _, told = ask("GET", "/_awsim/calls?operation=%88")
    assert (status, json.loads(told)) == (400, {"error": "what was sent is not UTF-8"})


def test_a_bucket_whose_name_only_begins_so_is_a_bucket(ask):
    assert b"<Code>" in ask("GET", "/_awsimilar/cat")[2]


# -- developer endpoints -----------------------------------------------------------------------------------------------


@pytest.fixture
def queue_url(client) -> str:
    sqs = client("sqs")
    url: str = sqs.create_queue(QueueName="orders")["QueueUrl"]
    attribute = {"kind": {"DataType": "String", "StringValue": "large"}}
    sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=attribute)
    sqs.send_message(QueueUrl=url, MessageBody="two")
    sqs.send_message(QueueUrl=url, MessageBody="delayed", DelaySeconds=60)
    sqs.receive_message(QueueUrl=url)
    return url


def bodies(xml: bytes) -> list[str]:
    return re.findall(r"<Body>(\w+)</Body>", xml.decode())


def test_messages_are_listed_without_being_received(ask, client, queue_url):
    for _ in range(2):
        status, headers, xml = ask("GET", f"/_aws/sqs/messages?QueueUrl={queue_url}")
        assert (status, headers["content-type"]) == (200, "text/xml")
        assert bodies(xml) == ["two"]
    assert b"<ReceiveMessageResponse" in xml
    assert bodies(ask("GET", f"/_aws/sqs/messages?QueueUrl={queue_url}&ShowInvisible=true")[2]) == ["one", "two"]
    everything = f"/_aws/sqs/messages?QueueUrl={queue_url}&ShowInvisible=true&ShowDelayed=true"
    assert bodies(ask("GET", everything)[2]) == ["one", "two", "delayed"]
    assert [message["Body"] for message in client("sqs").receive_message(QueueUrl=queue_url)["Messages"]] == ["two"]


def test_messages_are_listed_as_json_where_that_is_accepted(ask, queue_url):
    target = f"/_aws/sqs/messages?QueueUrl={queue_url}&ShowInvisible=true"
    status, _, body = ask("GET", target, {"accept": "application/json"})
    answer = json.loads(body)["ReceiveMessageResponse"]
    one, two = answer["ReceiveMessageResult"]["Message"]
    assert status == 200
    assert (one["Body"], two["Body"], two["ReceiptHandle"]) == ("one", "two", "SQS/BACKDOOR/ACCESS")
    assert {"Name": "ApproximateReceiveCount", "Value": "1"} in one["Attribute"]
    assert one["MessageAttribute"] == [{"Name": "kind", "Value": {"DataType": "String", "StringValue": "large"}}]


def test_messages_are_listed_by_the_queues_address(ask, queue_url):
    assert bodies(ask("GET", "/_aws/sqs/messages/us-east-1/123456789012/orders")[2]) == ["two"]


def test_messages_of_another_region_are_found_by_the_hosts_name(ask, client):
    elsewhere = client("sqs", region_name="eu-west-1")
    url = elsewhere.create_queue(QueueName="orders")["QueueUrl"]
    elsewhere.send_message(QueueUrl=url, MessageBody="bonjour")
    for url in (
        "http://sqs.eu-west-1.localhost.localstack.cloud:4566/123456789012/orders",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
    ):
        assert bodies(ask("GET", f"/_aws/sqs/messages?QueueUrl={url}")[2]) == ["bonjour"]


def test_an_sdk_lists_messages_with_the_endpoint_as_its_url(client, server, queue_url):
    sqs = client("sqs", endpoint_url=f"{server.url}/_aws/sqs/messages")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue_url)["Messages"]] == ["two"]


def test_messages_of_no_queue(ask, client, server):
    status, _, body = ask("GET", f"/_aws/sqs/messages?QueueUrl={server.url}/123456789012/none")
    assert status == 400
    assert b"<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" in body
    status, _, body = ask("GET", "/_aws/sqs/messages", {"accept": "application/json"})
    assert (status, json.loads(body)["code"]) == (400, "MissingParameter")
    sqs = client("sqs", endpoint_url=f"{server.url}/_aws/sqs/messages")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.receive_message(QueueUrl=f"{server.url}/123456789012/none")


def test_expired_items_are_deleted_at_once(control, client):
    for region in ("us-east-1", "eu-west-1"):
        dynamodb = client("dynamodb", region_name=region)
        dynamodb.create_table(**TABLE)
        dynamodb.update_time_to_live(
            TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
        )
        now = int(time.time())
        for name, until in (("old", now - 10), ("new", now + 1000), ("ancient", 1000)):
            dynamodb.put_item(TableName="table", Item={"id": {"S": name}, "until": {"N": str(until)}})
    assert control("DELETE", "/_aws/dynamodb/expired") == (200, {"ExpiredItems": 2})
    assert control("DELETE", "/_aws/dynamodb/expired") == (200, {"ExpiredItems": 0})
    left = client("dynamodb").scan(TableName="table")["Items"]
    assert sorted(item["id"]["S"] for item in left) == ["ancient", "new"]
