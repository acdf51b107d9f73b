"""What clients do to a server that is none of HTTP's, and what becomes of it: answered, logged, never a crash."""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import re
import socket
import struct
import time

import pytest

from awsim.protocol.http import Response
from awsim.server import connection

S3_CALL = {
    "authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host,"
    " Signature=0"
}
CALL = (
    b"POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: AmazonSQS.ListQueues\r\n"
    b"content-type: application/x-amz-json-1.0\r\n"
)


def still_answers(ask) -> None:
    status, _, body = ask("POST", "/", {"x-amz-target": "AmazonSQS.ListQueues"}, b"{}")
    assert (status, body) == (200, b"{}")


def refusal(status: str) -> bytes:
    reason = status.partition(" ")[2]
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(reason) + 1}\r\n"
        f"connection: close\r\n\r\n{reason}\n"
    ).encode()


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS, where none is spoken
    ],
)
def test_what_is_not_http_is_answered_400(talk, ask, sent, caplog):
    with caplog.at_level(logging.WARNING, "awsim.server"):
        assert talk(sent) == refusal("400 Bad Request")
    assert "answered 400 Bad Request and closed the connection" in caplog.text
    still_answers(ask)


@pytest.mark.parametrize("in_one", [True, False])
def test_a_head_that_is_too_long_is_answered_431(server, ask, in_one):
    head = b"GET / HTTP/1.1\r\nhost: a\r\n" + b"x-much: " + b"x" * connection.HEAD_LENGTH_MAX + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
        if in_one:
            one.sendall(head + b"\r\n")
        else:
            for start in range(0, len(head), 8192):
                one.sendall(head[start : start + 8192])
                time.sleep(0)
        assert one.recv(65536) == refusal("431 Request Header Fields Too Large")
    still_answers(ask)


def test_a_long_head_within_the_limit_is_taken(ask):
    status, _, _ = ask(
        "POST", "/", {"x-amz-target": "AmazonSQS.ListQueues", **{f"x-{n}": "x" * 7000 for n in range(8)}}, b"{}"
    )
    assert status == 200


def test_a_head_that_never_ends_is_given_up(talk, ask, monkeypatch):
    monkeypatch.setattr(connection, "HEAD_SECONDS_MAX", 0.05)
    assert talk(b"GET / HTTP/1.1\r\nhost: ") == refusal("408 Request Timeout")
    still_answers(ask)


def test_a_body_that_is_too_long_is_answered_413(talk, ask, monkeypatch):
    monkeypatch.setattr(connection, "BODY_LENGTH_MAX", 1000)
    answer = talk(CALL + b"content-length: 100000\r\n\r\n" + b" " * 2000)
    assert answer == refusal("413 Content Too Large")
    still_answers(ask)


def test_a_body_that_is_said_to_be_too_long_is_refused_before_it_comes(talk, ask):
    head = b"PUT /photos/cat HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 6000000000\r\n\r\n"
    assert talk(head) == refusal("413 Content Too Large")
    still_answers(ask)


@pytest.mark.parametrize(
    "endless", [b"0\r\nx-one: " + b"a" * 40_000, b"2;" + b"a" * 40_000], ids=["a trailer", "a chunk's extension"]
)
def test_framing_that_never_ends_is_given_up(server, ask, endless):
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(CALL + b"transfer-encoding: chunked\r\n\r\n" + endless)
        received = b""
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                connection.sendall(b"a" * 1000)
            while piece := connection.recv(1000):
                received += piece
    # What was still on its way when it hung up may have cost the client the answer.
    assert received in (b"", refusal("431 Request Header Fields Too Large"))
    still_answers(ask)


def test_a_header_after_the_body_changes_nothing(server):
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        trailer = b"x-amz-target: AmazonSQS.CreateQueue\r\nhost: b\r\n"
        connection.sendall(CALL + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + trailer + b"\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, answer.read()) == (200, b"{}")


def test_a_request_that_comes_byte_by_byte_is_answered(server, ask):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in CALL + b"content-length: 2\r\n\r\n{}":
            one.sendall(bytes([byte]))
        still_answers(ask)
        assert one.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("sent", [b"", b"GE", CALL, CALL + b"content-length: 100\r\n\r\n{", CALL + b"\r\n"])
@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_client_that_goes_away_is_forgotten(server, ask, sent, how, caplog):
    one = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    one.sendall(sent)
    if how == "reset":
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()
    still_answers(ask)
    assert caplog.records == []


def test_a_client_that_does_not_read_its_answer_holds_up_nobody(server, client, ask):
    s3 = client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="cat", Body=b"x" * 30_000_000)
    one = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    one.sendall(f"GET /photos/cat HTTP/1.1\r\nhost: a\r\nauthorization: {S3_CALL['authorization']}\r\n\r\n".encode())
    assert one.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")
    still_answers(ask)
    one.close()
    still_answers(ask)


def test_whoever_expects_100_is_told_to_go_on_before_it_sends_the_body(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
        one.sendall(CALL + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        assert one.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        one.sendall(b"{}")
        assert one.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_chunked_body_is_put_together(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
        one.sendall(CALL + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n1;ext=1\r\n}\r\n0\r\ntrailer: x\r\n\r\n")
        assert one.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_requests_that_come_at_once_are_answered_in_order(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
        unknown = CALL.replace(b"ListQueues", b"Nothing")
        one.sendall(b"".join(head + b"content-length: 2\r\n\r\n{}" for head in (CALL, unknown, CALL)))
        received = b""
        while received.count(b"HTTP/1.1 ") < 3 or not received.endswith(b"{}"):
            received += one.recv(65536)
    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"200", b"400", b"200"]


def test_a_connection_is_kept_for_the_next_request(server):
    one = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    one.connect()
    kept = one.sock
    for _ in range(3):
        one.request("POST", "/", b"{}", {"x-amz-target": "AmazonSQS.ListQueues"})
        assert one.getresponse().read() == b"{}"
    assert one.sock is kept
    one.close()


def test_an_offer_of_http_2_is_passed_over(server):
    # As Java's own HTTP client makes it with its first request.
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
        one.sendall(
            CALL + b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\n"
            b"content-length: 2\r\n\r\n{}"
        )
        assert one.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("/photos/a%20b%2Fc", "a b/c"),
        ("/photos//a//b", "/a//b"),
        ("/photos/%C3%BC+%2B", "ü +"),  # S3 takes a plus sign for a space
        ("/photos/a/../b", "a/../b"),
        ("/photos/a;b=c", "a;b=c"),
        ("http://localhost/photos/absolute", "absolute"),
    ],
)
def test_a_path_is_read_as_it_was_on_the_wire(client, ask, target, key):
    s3 = client("s3")
    s3.create_bucket(Bucket="photos")
    assert ask("PUT", target, dict(S3_CALL), b"x")[0] == 200
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="photos")["Contents"]] == [key]


def test_repeated_headers_are_joined(server, client):
    client("s3").create_bucket(Bucket="photos")
    one = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    one.putrequest("PUT", "/photos/cat")
    one.putheader("x-amz-meta-of", "tom")
    one.putheader("x-amz-meta-of", "and jerry")
    one.putheader("content-length", "0")
    one.putheader("authorization", S3_CALL["authorization"])
    one.endheaders()
    assert one.getresponse().status == 200
    one.close()
    assert client("s3").head_object(Bucket="photos", Key="cat")["Metadata"] == {"of": "tom, and jerry"}


def test_a_line_break_in_a_headers_value_makes_no_header(server, ask):
    server.cloud.gateway.edge.add(
        "/evil", lambda request, _: Response(200, {"x-told": "a\r\nx-evil: 1", "x-name": "ü€"})
    )
    status, headers, _ = ask("GET", "/evil")
    assert (status, headers["x-told"]) == (200, "a  x-evil: 1")
    assert "x-evil" not in headers
    assert headers["x-name"].encode("latin-1").decode() == "ü€"


def test_an_answer_may_come_piece_by_piece(server, ask):
    def pieces():
        yield b"one "
        yield b"two"

    server.cloud.gateway.edge.add("/stream", lambda request, _: Response(200, {"Content-Type": "text/plain"}, pieces()))
    server.cloud.gateway.edge.add("/file", lambda request, _: Response(200, {}, io.BytesIO(b"x" * 600_000)))
    status, headers, body = ask("GET", "/stream")
    assert (status, headers["transfer-encoding"], body) == (200, "chunked", b"one two")
    assert ask("GET", "/file")[2] == b"x" * 600_000
    assert ask("HEAD", "/file")[2] == b""


@pytest.mark.parametrize("kind", ["reset", "closed"])
def test_a_fault_breaks_the_connection(server, ask, kind):
    server.cloud.faults.add("sqs.ListQueues", connection=kind, times=1)
    with pytest.raises(ConnectionError):
        ask("POST", "/", {"x-amz-target": "AmazonSQS.ListQueues"}, b"{}")
    still_answers(ask)


def test_a_fault_of_a_timeout_never_answers(server, ask):
    server.cloud.faults.add("sqs.ListQueues", connection="read_timeout", times=1)
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.2) as one:
        one.sendall(CALL + b"content-length: 2\r\n\r\n{}")
        with pytest.raises(TimeoutError):
            one.recv(1)
    still_answers(ask)


def test_a_bug_in_a_provider_is_answered_500_and_logged(server, ask, monkeypatch, caplog):
    from awsim.services.sqs.queues import Queues

    def broken(self, context):
        raise RuntimeError("a bug")

    monkeypatch.setattr(Queues, "list_queues", broken)
    server.cloud.reset()
    status, _, body = ask("POST", "/", {"x-amz-target": "AmazonSQS.ListQueues"}, b"{}")
    assert status == 500
    assert b"InternalFailure" in body
    assert "RuntimeError: a bug" in caplog.text
