"""Who may ask: pages of other origins, names that others let point here, other machines."""

from __future__ import annotations

import http.client
import json

import pytest

import awsim
from awsim import Cloud
from awsim.server.guard import is_own_host

JSON = {"content-type": "application/json"}
LIST_QUEUES = {"x-amz-target": "AmazonSQS.ListQueues", "content-type": "application/x-amz-json-1.0"}
S3_CALL = {
    "authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host,"
    " Signature=0"
}
SIMPLE = {"content-type": "application/x-www-form-urlencoded"}
CREATE_QUEUE = "Action=CreateQueue&Version=2012-11-05&QueueName=evil"


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("localhost:4566", True),
        ("127.0.0.1", True),
        ("127.8.9.1:1", True),
        ("[::1]:4566", True),
        ("sqs.localhost:4566", True),
        ("localhost.localstack.cloud:4566", True),
        ("s3.localhost.localstack.cloud", True),
        ("evil.test:4566", False),
        ("localhost.evil.test", False),
        ("127.0.0.1.evil.test", False),
        ("evillocalhost", False),
        ("10.0.0.1:4566", False),
        ("", False),
    ],
)
def test_which_names_are_this_machines(host, is_own):
    assert is_own_host(host) is is_own


# -- control endpoints -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.test", "evil.test:4566", "127.0.0.1.evil.test"])
def test_a_name_that_others_let_point_here_controls_nothing(ask, host):
    status, _, body = ask("POST", "/_awsim/reset", {**JSON, "host": host}, "{}")
    assert (status, json.loads(body)) == (403, {"error": f"{host} is no name of this machine"})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "https://localhost:4566", "host": "localhost:4566"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_a_page_of_another_origin_controls_nothing(ask, server, method, headers):
    server.cloud.client("sqs").create_queue(QueueName="mine")
    for path in ("/_awsim/reset", "/_awsim/calls", "/_aws/sqs/messages"):
        status, answered, body = ask(method, path, {**JSON, **headers}, "{}" if method == "POST" else None)
        assert (status, json.loads(body)) == (403, {"error": "pages of other origins may not control this server"})
        assert "access-control-allow-origin" not in answered
    assert len(server.cloud.client("sqs").list_queues()["QueueUrls"]) == 1


def test_a_page_of_its_own_may(ask, server):
    own = {"origin": server.url, "sec-fetch-site": "same-origin"}
    assert ask("POST", "/_awsim/reset", {**JSON, **own}, "{}")[0] == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_changes_something_is_json(ask, content_type):
    headers = {"content-type": content_type} if content_type else {}
    status, _, body = ask("POST", "/_awsim/reset", headers, '{"action":"restart"}')
    assert (status, json.loads(body)) == (415, {"error": "what is sent here is JSON: Content-Type: application/json"})


def test_a_bare_post_may_as_curl_sends_it_but_not_from_a_page(ask, server):
    server.cloud.client("sqs").create_queue(QueueName="orders")
    assert ask("POST", "/_localstack/state/reset", {"origin": "http://evil.example"})[0] == 403
    assert ask("POST", "/_localstack/state/reset", {"origin": "null"})[0] == 403
    assert ask("POST", "/_localstack/state/reset", {"sec-fetch-site": "cross-site"})[0] == 403
    assert len(server.cloud.client("sqs").list_queues()["QueueUrls"]) == 1
    assert ask("POST", "/_localstack/state/reset", {})[0] == 200
    assert "QueueUrls" not in server.cloud.client("sqs").list_queues()


def test_a_page_of_another_origin_learns_nothing_of_health(ask):
    assert ask("GET", "/_awsim/health", {"origin": "http://evil.test"})[0] == 403


# -- from other machines -----------------------------------------------------------------------------------------------


@pytest.fixture
def remote():
    with awsim.serve(Cloud(), host="0.0.0.0", allow_remote=True, token="secret") as server:
        yield server


def asked(server, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/_awsim/info", "/_localstack/info", "/_awsim/state", "/_aws/sqs/messages"])
def test_control_endpoints_need_the_token(remote, path):
    assert asked(remote, path) == 401
    assert asked(remote, path, authorization="Bearer wrong") == 401
    assert asked(remote, path, authorization="Basic secret") == 401
    assert asked(remote, path, authorization="Bearer secret", origin="http://evil.test") == 403
    assert asked(remote, path, authorization="Bearer secret") != 401


def test_with_the_token_any_name_will_do(remote):
    assert asked(remote, "/_awsim/info", authorization="Bearer secret", host="build-machine:4566") == 200


def test_health_is_told_without_it(remote):
    assert asked(remote, "/_localstack/health", host="localstack:4566") == 200


def test_a_token_is_made_up_where_none_is_given():
    with awsim.serve(Cloud(), host="0.0.0.0", allow_remote=True) as server:
        assert len(server.token) >= 32
        assert asked(server, "/_awsim/info") == 401
        assert asked(server, "/_awsim/info", authorization=f"Bearer {server.token}") == 200


def test_a_token_is_asked_for_here_too_if_it_was_given():
    with awsim.serve(Cloud(), token="secret") as server:
        assert asked(server, "/_awsim/info") == 401


# -- AWS's APIs --------------------------------------------------------------------------------------------------------


def queues(server) -> list[str]:
    urls: list[str] = server.cloud.client("sqs").list_queues().get("QueueUrls", [])
    return urls


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "https://127.0.0.1", "http://app.localhost:8080", "http://allowed.test"]
)
def test_pages_of_this_machine_and_allowed_ones_may_call(origin):
    with awsim.serve(Cloud(), allowed_origins={"http://allowed.test"}) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        asked = {
            "origin": origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "x-amz-target,authorization",
            "access-control-request-private-network": "true",
        }
        connection.request("OPTIONS", "/", headers=asked)
        preflight = connection.getresponse()
        assert (preflight.status, preflight.read()) == (204, b"")
        assert preflight.headers["access-control-allow-origin"] == origin
        assert preflight.headers["access-control-allow-headers"] == "x-amz-target,authorization"
        assert "PUT" in preflight.headers["access-control-allow-methods"]
        assert preflight.headers["access-control-allow-private-network"] == "true"
        connection.request("POST", "/", "{}", {**LIST_QUEUES, "origin": origin})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"{}")
        assert answer.headers["access-control-allow-origin"] == origin
        assert "x-amzn-requestid" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"
        connection.close()


def test_pages_of_other_origins_may_not(ask, server):
    headers = {**SIMPLE, "origin": "http://evil.test"}
    status, answered, body = ask("POST", "/", headers, CREATE_QUEUE)
    assert (status, json.loads(body)) == (
        403,
        {"error": "pages of this origin may not call; allow it with --cors-origin"},
    )
    assert "access-control-allow-origin" not in answered
    assert ask("GET", f"/?{CREATE_QUEUE}", {"origin": "http://evil.test"})[0] == 403
    assert ask("GET", f"/?{CREATE_QUEUE}", {"sec-fetch-site": "cross-site"})[0] == 403
    assert queues(server) == []


def test_their_preflights_are_not_answered_with_yes(ask):
    asked = {"origin": "http://evil.test", "access-control-request-method": "POST"}
    _, answered, _ = ask("OPTIONS", "/", asked)
    assert "access-control-allow-origin" not in answered


def test_a_name_that_others_let_point_here_calls_nothing(ask, server):
    # Such a page is of the same origin as the server, to the browser: it needs no preflight and would read the answer.
    for told in ({"origin": "http://evil.test:4566"}, {"sec-fetch-site": "same-origin"}):
        headers = {**LIST_QUEUES, **told, "host": "evil.test:4566"}
        headers["x-amz-target"] = "AmazonSQS.CreateQueue"
        assert ask("POST", "/", headers, '{"QueueName":"evil"}')[0] == 403
    assert queues(server) == []


def test_a_program_may_call_by_any_name(ask):
    assert ask("POST", "/", {**LIST_QUEUES, "host": "awsim:4566"}, "{}")[0] == 200


def test_a_link_to_an_object_may_be_followed(ask, client):
    client("s3").create_bucket(Bucket="photos")
    client("s3").put_object(Bucket="photos", Key="cat", Body=b"tom")
    assert ask("GET", "/photos/cat", {**S3_CALL, "sec-fetch-site": "cross-site"})[2] == b"tom"


def test_a_buckets_own_rules_let_its_pages_in(ask, client):
    s3 = client("s3")
    s3.create_bucket(Bucket="photos")
    rule = {"AllowedOrigins": ["http://app.test"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket="photos", CORSConfiguration={"CORSRules": [rule]})
    asked = {"origin": "http://app.test", "access-control-request-method": "PUT"}
    status, answered, _ = ask("OPTIONS", "/photos/cat", asked)
    assert (status, answered["access-control-allow-origin"]) == (200, "http://app.test")
    status, answered, _ = ask("PUT", "/photos/cat", {**S3_CALL, "origin": "http://app.test"}, "tom")
    assert (status, answered["access-control-allow-origin"]) == (200, "http://app.test")
    assert s3.get_object(Bucket="photos", Key="cat")["Body"].read() == b"tom"
