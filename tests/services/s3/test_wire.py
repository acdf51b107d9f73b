"""Requests that no SDK sends: S3 answers them in words of its own."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from awsim import mock_aws
from awsim.active import require_cloud
from awsim.protocol.http import Request, Response

from .conftest import invalid

HOST = "https://s3.us-east-1.amazonaws.com"
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=abc"
NOT_ALLOWED = "The specified method is not allowed against this resource."
CHUNKS = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "Content-Encoding": "aws-chunked"}


@pytest.fixture(autouse=True)
def transport() -> None:
    """These requests are made by requests."""


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws(strict=True):
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="wires")
        client.put_object(Bucket="wires", Key="key", Body=b"hello")
        yield client


def send(method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
    named = {"Authorization": SIGNED, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return requests.request(method, HOST + path, data=body, headers=named, timeout=5)


def refused(method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """The whole error but for its ids, with the status."""
    response = send(method, path, body, **headers)
    root = ET.fromstring(response.content)
    assert root.tag == "Error"
    told = {element.tag: element.text or "" for element in root}
    assert told.pop("RequestId") == response.headers["x-amz-request-id"]
    assert told.pop("HostId") == response.headers["x-amz-id-2"]
    return {"Status": response.status_code, **told}


@pytest.mark.parametrize(
    ("method", "path", "resource_type", "allow"),
    [
        ("PATCH", "/", "SERVICE", "GET"),
        ("PUT", "/", "SERVICE", "GET"),
        ("PATCH", "/wires", "BUCKET", "HEAD, DELETE, POST, GET, PUT"),
        ("PATCH", "/wires/key", "OBJECT", "HEAD, DELETE, POST, GET, PUT"),
        ("POST", "/wires?policy", "BUCKETPOLICY", "DELETE, GET, PUT"),
        ("DELETE", "/wires?versioning", "VERSIONING", "GET, PUT"),
        ("PUT", "/wires/key?uploadId=x", "UPLOAD", "DELETE, POST, GET"),
    ],
)
def test_a_method_that_a_resource_does_not_have_is_not_allowed(
    s3: Any, method: str, path: str, resource_type: str, allow: str
) -> None:
    assert refused(method, path) == {
        "Status": 405,
        "Code": "MethodNotAllowed",
        "Message": NOT_ALLOWED,
        "Method": method,
        "ResourceType": resource_type,
    }
    assert send(method, path).headers["Allow"] == allow
    assert s3.get_object(Bucket="wires", Key="key")["Body"].read() == b"hello"


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/wires?location", "GET"),
        ("/wires?uploads", "POST, GET"),
        ("/wires?tagging", "DELETE, GET, PUT"),
        ("/wires?versions", "GET"),
        ("/wires/key?acl", "GET, PUT"),
        ("/nowhere?location", "GET"),
    ],
)
def test_no_sub_resource_has_a_head(s3: Any, path: str, allow: str) -> None:
    response = send("HEAD", path)
    assert (response.status_code, response.headers["Allow"], response.content) == (405, allow, b"")


def test_a_query_string_selects_one_thing(s3: Any) -> None:
    assert refused("GET", "/wires?policy&acl") == invalid(
        "Conflicting query string parameters: acl, policy", "ResourceType", "policy"
    )
    assert refused("GET", "/wires/key?versions") == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "There is no such thing as the ?versions sub-resource for a key",
    }


def test_what_is_posted_to_a_bucket_is_a_form(s3: Any) -> None:
    assert refused("POST", "/wires", b"text") == {
        "Status": 412,
        "Code": "PreconditionFailed",
        "Message": "At least one of the pre-conditions you specified did not hold",
        "Condition": "Bucket POST must be of the enclosure-type multipart/form-data",
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/wires?max-keys=", "max-keys"),
        ("/wires?versions&max-keys=", "max-keys"),
        ("/wires?uploads&max-uploads=", "max-uploads"),
        ("/wires/key?uploadId=x&max-parts=", "max-parts"),
        ("/wires/key?uploadId=x&part-number-marker=", "part-number-marker"),
    ],
)
def test_numbers_are_whole_and_have_32_bits(s3: Any, path: str, name: str) -> None:
    for value in ("abc", "1.5", "2147483648"):
        message = f"Provided {name} not an integer or within integer range"
        assert refused("GET", path + value) == invalid(message, name, value)


def test_a_number_may_be_written_in_several_ways(s3: Any) -> None:
    for path in ("/wires?max-keys=01", "/wires?max-keys=", "/wires?max-keys=-0"):
        assert send("GET", path).status_code == 200


def test_part_numbers_are_numbers(s3: Any) -> None:
    message = "Part number must be an integer between 1 and 10000, inclusive"
    assert refused("PUT", "/wires/key?uploadId=x&partNumber=one") == invalid(message, "partNumber", "one")
    assert refused("GET", "/wires/key?partNumber=one") == invalid(message, "partNumber", "one")


def test_parts_are_listed_from_zero_on(s3: Any) -> None:
    upload_id = s3.create_multipart_upload(Bucket="wires", Key="new")["UploadId"]
    assert refused("GET", f"/wires/new?uploadId={upload_id}&part-number-marker=-2") == invalid(
        "Argument part-number-marker must be an integer between 0 and 2147483647", "part-number-marker", "-2"
    )


def test_paging_by_headers_that_are_no_numbers_is_ignored(s3: Any) -> None:
    headers = {"x-amz-object-attributes": "ObjectSize", "x-amz-max-parts": "abc"}
    assert send("GET", "/wires/key?attributes", **headers).status_code == 200


def test_flags_are_true_or_count_as_false(s3: Any) -> None:
    listed = send("GET", "/wires?list-type=2&fetch-owner=maybe")
    assert (listed.status_code, b"<Owner>" in listed.content) == (200, False)
    assert b"<Owner>" in send("GET", "/wires?list-type=2&fetch-owner=true").content
    assert send("DELETE", "/wires/none", **{"x-amz-bypass-governance-retention": "maybe"}).status_code == 204


def test_buckets_are_made_at_whole_seconds(s3: Any) -> None:
    (bucket,) = [one for one in s3.list_buckets()["Buckets"] if one["Name"] == "wires"]
    assert bucket["CreationDate"].microsecond == 0
    assert b".000Z</CreationDate>" in send("GET", "/").content


def test_only_some_headers_can_be_overridden(s3: Any) -> None:
    assert refused("GET", "/wires/key?response-server=x") == invalid(
        "response-server is not in the set of overridable response headers. Please refer to the S3 API documentation "
        "for a complete list of overridable response headers.",
        "response-server",
        "x",
    )


def test_conditions_with_dates_that_are_none_are_not_there(s3: Any) -> None:
    for name in ("If-Modified-Since", "If-Unmodified-Since"):
        assert send("GET", "/wires/key", **{name: "yesterday"}).content == b"hello"


@pytest.mark.parametrize("expires", ["0", "never"])
def test_any_text_is_kept_as_the_time_of_expiry(s3: Any, expires: str) -> None:
    send("PUT", "/wires/old", b"x", Expires=expires)
    assert send("GET", "/wires/old").headers["Expires"] == expires
    s3.copy_object(Bucket="wires", Key="copy", CopySource="wires/old")
    assert s3.head_object(Bucket="wires", Key="copy")["ExpiresString"] == expires


def test_a_retention_ends_at_a_moment_of_iso_8601(s3: Any) -> None:
    headers = {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": "tomorrow"}
    assert refused("PUT", "/wires/new", b"", **headers) == invalid(
        "The retain until date must be provided in ISO 8601 format", "x-amz-object-lock-retain-until-date", "tomorrow"
    )


def test_a_document_whose_values_have_other_types_is_malformed(s3: Any) -> None:
    for document in ("<Days>many</Days>", "<Date>tomorrow</Date>"):
        rule = f"<Rule><Status>Enabled</Status><Prefix/><Expiration>{document}</Expiration></Rule>"
        body = f"<LifecycleConfiguration>{rule}</LifecycleConfiguration>"
        assert refused("PUT", "/wires?lifecycle", body)["Code"] == "MalformedXML"


@pytest.mark.parametrize("path", ["/wires/%FF", "/wires?prefix=%FF", "/wires/key?acl&%FF"])
def test_paths_and_query_strings_are_utf_8(s3: Any, path: str) -> None:
    assert refused("GET", path) == {
        "Status": 400,
        "Code": "InvalidURI",
        "Message": "Couldn't parse the specified URI.",
    }


def test_a_plus_sign_in_a_path_is_a_space(s3: Any) -> None:
    assert send("PUT", "/wires/a+b%2Bc", b"x").status_code == 200
    assert s3.get_object(Bucket="wires", Key="a b+c")["Body"].read() == b"x"
    assert send("GET", "/wires/a%20b+c").status_code == 404


def test_what_writes_an_object_takes_no_version(s3: Any) -> None:
    expected = invalid("This operation does not accept a version-id.", "versionId", "null")
    assert refused("PUT", "/wires/key?versionId=null", b"x") == expected
    assert refused("PUT", "/wires/key?versionId=null", **{"x-amz-copy-source": "wires/key"}) == expected
    assert s3.get_object(Bucket="wires", Key="key")["Body"].read() == b"hello"


def test_listings_are_of_the_first_kind_or_the_second(s3: Any) -> None:
    assert refused("GET", "/wires?list-type=3") == invalid("Invalid List Type specified in Request", "list-type", "3")
    assert refused("GET", "/wires?start-after=a") == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "startAfter only supported in REST.GET.BUCKET with list-type=2",
    }


def test_a_reader_does_not_say_how_an_object_is_encrypted(s3: Any) -> None:
    headers = {"x-amz-server-side-encryption": "AES256"}
    message = "x-amz-server-side-encryption header is not supported for this operation."
    assert refused("GET", "/wires/key", **headers) == invalid(message, "x-amz-server-side-encryption", "AES256")
    assert send("HEAD", "/wires/key", **headers).status_code == 400


class TestChecksumHeaders:
    """What headers say of a checksum goes together."""

    CRC32 = "NhCmhg=="  # of b"hello"

    @staticmethod
    def invalid(message: str) -> dict[str, Any]:
        return {"Status": 400, "Code": "InvalidRequest", "Message": message}

    def test_one_of_no_algorithm_is_refused(self, s3: Any) -> None:
        assert refused("PUT", "/wires/new", b"hello", **{"x-amz-checksum-sha256a": "dummy"}) == self.invalid(
            "The algorithm type you specified in x-amz-checksum- header is invalid."
        )

    def test_one_that_is_announced_comes(self, s3: Any) -> None:
        assert refused("PUT", "/wires/new", b"hello", **{"x-amz-sdk-checksum-algorithm": "crc32"}) == self.invalid(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers "
            "were found."
        )

    def test_one_that_comes_is_the_one_that_is_announced(self, s3: Any) -> None:
        headers = {"x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-checksum-crc32c": "AAAAAA=="}
        expected = self.invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.")
        assert refused("PUT", "/wires/new", b"hello", **headers) == expected
        trailer = {**CHUNKS, "x-amz-decoded-content-length": "5", "x-amz-trailer": "x-amz-checksum-crc64nvme"}
        body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc64nvme:M3eFcAZSQlc=\r\n\r\n"
        assert refused("PUT", "/wires/new", body, **trailer, **{"x-amz-sdk-checksum-algorithm": "sha1"}) == expected

    def test_one_of_a_document_may_be_another_than_is_announced(self, s3: Any) -> None:
        headers = {"x-amz-sdk-checksum-algorithm": "SHA1"}
        tags = b"<Tagging><TagSet/></Tagging>"
        given = {"x-amz-checksum-crc32": base64.b64encode(zlib.crc32(tags).to_bytes(4, "big")).decode()}
        assert send("PUT", "/wires/key?tagging", tags, **headers, **given).status_code == 200
        assert refused("PUT", "/wires/key?tagging", tags, **headers)["Message"].endswith("headers were found.")

    def test_a_right_one_is_taken_in_a_header_and_in_a_trailer(self, s3: Any) -> None:
        headers = {"x-amz-sdk-checksum-algorithm": "crc32", "x-amz-checksum-crc32": self.CRC32}
        assert send("PUT", "/wires/new", b"hello", **headers).headers["x-amz-checksum-crc32"] == self.CRC32
        trailer = {**CHUNKS, "x-amz-decoded-content-length": "5", "x-amz-trailer": "x-amz-checksum-crc32"}
        body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
        response = send("PUT", "/wires/new", body, **trailer, **{"x-amz-sdk-checksum-algorithm": "CRC32"})
        assert response.headers["x-amz-checksum-crc32"] == self.CRC32


class TestBodies:
    """A body comes with its length, and with the digest that was promised."""

    def test_its_digest_is_compared(self, s3: Any) -> None:
        promised = hashlib.sha256(b"hello").hexdigest()
        assert refused("PUT", "/wires/new", b"other", **{"x-amz-content-sha256": promised}) == {
            "Status": 400,
            "Code": "XAmzContentSHA256Mismatch",
            "Message": "The provided 'x-amz-content-sha256' header does not match what was computed.",
            "ClientComputedContentSHA256": promised,
            "S3ComputedContentSHA256": hashlib.sha256(b"other").hexdigest(),
        }
        assert send("PUT", "/wires/new", b"hello", **{"x-amz-content-sha256": promised}).status_code == 200

    def test_its_digest_is_one(self, s3: Any) -> None:
        assert refused("PUT", "/wires/new", b"x", **{"x-amz-content-sha256": "SIGNED"}) == invalid(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid "
            "sha256 value.",
            "x-amz-content-sha256",
            "SIGNED",
        )

    @pytest.mark.parametrize("length", [{}, {"x-amz-decoded-content-length": "five"}])
    def test_in_chunks_it_has_a_length_all_the_same(self, s3: Any, length: dict[str, str]) -> None:
        assert refused("PUT", "/wires/new", b"5\r\nhello\r\n0\r\n\r\n", **CHUNKS, **length) == {
            "Status": 411,
            "Code": "MissingContentLength",
            "Message": "You must provide the Content-Length HTTP header.",
        }

    def test_over_http_it_has_a_length_even_if_it_is_empty(self, s3: Any) -> None:
        for length, status_code in (None, 411), ("0", 200):
            headers = {"host": "s3.us-east-1.amazonaws.com", "authorization": SIGNED}
            if length is not None:
                headers["content-length"] = length
            response = Response()
            require_cloud().gateway.process(Request("PUT", "/wires/new", "", headers, b"", headers["host"]), response)
            assert response.status_code == status_code

    def test_chunks_of_http_are_not_taken(self, s3: Any) -> None:
        assert refused("PUT", "/wires/new", iter([b"a", b"b"])) == {
            "Status": 501,
            "Code": "NotImplemented",
            "Message": "A header you provided implies functionality that is not implemented",
            "Header": "Transfer-Encoding",
        }

    def test_a_digest_that_is_none_is_told(self, s3: Any) -> None:
        assert refused("PUT", "/wires/new", b"x", **{"Content-MD5": "abc"}) == {
            "Status": 400,
            "Code": "InvalidDigest",
            "Message": "The Content-MD5 you specified was invalid.",
            "Content-MD5": "abc",
        }

    def test_a_stream_of_unknown_length_is_not_taken_from_botocore_either(self, s3: Any) -> None:
        class Stream:
            def read(self, size: int = -1) -> bytes:
                return b""

        with pytest.raises(s3.exceptions.ClientError, match="MissingContentLength"):
            s3.put_object(Bucket="wires", Key="new", Body=Stream())


class TestAuthorization:
    """What is no signature is refused; what looks like one is believed."""

    @pytest.mark.parametrize(
        "header",
        ["AWS4-HMAC-SHA256 SignedHeaders=host, Signature=abc", SIGNED.partition(", Signature")[0]],
    )
    def test_it_has_three_components(self, s3: Any, header: str) -> None:
        assert refused("GET", "/wires", Authorization=header) == {
            "Status": 400,
            "Code": "AuthorizationHeaderMalformed",
            "Message": (
                "The authorization header is malformed; the authorization header requires three components: "
                "Credential, SignedHeaders, and Signature."
            ),
        }

    def test_its_credential_has_a_scope(self, s3: Any) -> None:
        header = "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=abc"
        assert refused("GET", "/wires", Authorization=header) == {
            "Status": 400,
            "Code": "AuthorizationHeaderMalformed",
            "Message": (
                "The authorization header is malformed; the Credential is mal-formed; expecting "
                '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
            ),
        }

    def test_one_of_version_2_has_a_key_and_a_signature(self, s3: Any) -> None:
        assert refused("GET", "/wires", Authorization="AWS abc") == invalid(
            "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature", "Authorization", "AWS abc"
        )
        assert send("GET", "/wires", Authorization="AWS test:abc").status_code == 200

    def test_an_empty_one_is_nobodys(self, s3: Any) -> None:
        assert refused("GET", "/wires", Authorization="") == {
            "Status": 403,
            "Code": "AccessDenied",
            "Message": "Access Denied",
        }

    def test_other_kinds_are_not_known(self, s3: Any) -> None:
        assert refused("GET", "/wires", Authorization="Bearer abc") == invalid(
            "Unsupported Authorization Type", "Authorization", "Bearer abc"
        )


class TestSignatures:
    """Where signatures are compared, those in headers are."""

    @pytest.fixture
    def checked(self, s3: Any) -> None:
        require_cloud().settings.s3_skip_signature_validation = False

    @staticmethod
    def signed(method: str, url: str, body: bytes = b"", *, secret: str = "testing", **headers: str) -> dict[str, str]:
        request = AWSRequest(method, url, headers=headers, data=body)
        S3SigV4Auth(Credentials("testing", secret), "s3", "us-east-1").add_auth(request)
        return dict(request.headers.items())

    def test_a_right_one_is_let_in(self, s3: Any, checked: None) -> None:
        url = f"{HOST}/wires/a%20b?tagging&x-id=GetObjectTagging"
        s3.put_object(Bucket="wires", Key="a b", Tagging="a=b")
        response = requests.get(url, headers=self.signed("GET", url), timeout=5)
        assert (response.status_code, b"<Key>a</Key>" in response.content) == (200, True)

    def test_that_of_another_secret_is_refused(self, s3: Any, checked: None) -> None:
        url = f"{HOST}/wires/key"
        response = requests.put(url, b"x", headers=self.signed("PUT", url, b"x", secret="guessed"), timeout=5)
        told = {element.tag: element.text for element in ET.fromstring(response.content)}
        assert (response.status_code, told["Code"], told["AWSAccessKeyId"]) == (403, "SignatureDoesNotMatch", "testing")
        assert (told["CanonicalRequest"] or "").startswith("PUT\n/wires/key\n\n")
        assert s3.get_object(Bucket="wires", Key="key")["Body"].read() == b"hello"

    def test_what_was_changed_on_the_way_is_refused(self, s3: Any, checked: None) -> None:
        url = f"{HOST}/wires/key"
        headers = {**self.signed("PUT", url, b"x", **{"x-amz-meta-a": "1"}), "x-amz-meta-a": "2"}
        assert requests.put(url, b"x", headers=headers, timeout=5).status_code == 403

    def test_what_is_signed_is_sent(self, s3: Any, checked: None) -> None:
        url = f"{HOST}/wires/key"
        for name, expected in (
            (
                "X-Amz-Date",
                (403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"),
            ),
            (
                "X-Amz-Content-SHA256",
                (400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"),
            ),
        ):
            headers = {key: value for key, value in self.signed("GET", url).items() if key.lower() != name.lower()}
            response = requests.get(url, headers=headers, timeout=5)
            told = {element.tag: element.text for element in ET.fromstring(response.content)}
            assert (response.status_code, told["Code"], told["Message"]) == expected

    def test_nobody_signs_twice(self, s3: Any, checked: None) -> None:
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "wires", "Key": "key"})
        response = requests.get(url, headers={"Authorization": SIGNED}, timeout=5)
        assert b"<Message>Only one auth mechanism allowed; only the X-Amz-Algorithm" in response.content
