"""What S3 answers beside its API: presigned URLs in any client, browsers' preflights, websites."""

from __future__ import annotations

import json
import re
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

PREFLIGHT = {"Origin": "https://example.com", "Access-Control-Request-Method": "PUT"}
SITE = "http://site.s3-website-us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def transport() -> None:
    """These requests are made by requests."""


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws(strict=True):
        client = boto3.client("s3")
        client.create_bucket(Bucket="site")
        yield client


def put(s3: Any, key: str, body: bytes = b"", **options: Any) -> None:
    s3.put_object(Bucket="site", Key=key, Body=body, **options)


def publish(s3: Any, *actions: str) -> None:
    """Let everybody do these things."""
    s3.delete_public_access_block(Bucket="site")
    everything = ["arn:aws:s3:::site", "arn:aws:s3:::site/*"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": everything}
    s3.put_bucket_policy(Bucket="site", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


class TestPresignedUrls:
    """A presigned URL works in requests as on AWS."""

    def test_an_object_is_got(self, s3: Any) -> None:
        put(s3, "a/b c.txt", b"hello", ContentType="text/plain")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "site", "Key": "a/b c.txt"})
        response = requests.get(url, timeout=5)
        assert (response.status_code, response.content, response.headers["Content-Type"]) == (
            200,
            b"hello",
            "text/plain",
        )

    def test_an_object_is_put(self, s3: Any) -> None:
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "site", "Key": "new"})
        response = requests.put(url, data=b"hello", timeout=5)
        assert response.status_code == 200
        assert s3.get_object(Bucket="site", Key="new")["Body"].read() == b"hello"

    def test_a_missing_object_is_s3s_error(self, s3: Any) -> None:
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "site", "Key": "none"})
        response = requests.get(url, timeout=5)
        assert response.status_code == 404
        assert "<Code>NoSuchKey</Code>" in response.text


class TestPreflights:
    """OPTIONS is answered by the bucket's CORS rules."""

    def options(self, url: str = "https://site.s3.amazonaws.com/key", **headers: str) -> requests.Response:
        return requests.options(url, headers={**PREFLIGHT, **headers}, timeout=5)

    def test_an_allowed_one_is_told_what_is_allowed(self, s3: Any) -> None:
        rule = {"AllowedMethods": ["PUT", "GET"], "AllowedOrigins": ["https://example.com"], "MaxAgeSeconds": 60}
        s3.put_bucket_cors(Bucket="site", CORSConfiguration={"CORSRules": [rule]})
        response = self.options()
        assert response.status_code == 200
        found = {name: value for name, value in response.headers.items() if name.startswith("Access-Control")}
        assert found == {
            "Access-Control-Allow-Origin": "https://example.com",
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Methods": "PUT, GET",
            "Access-Control-Max-Age": "60",
        }

    def test_it_has_the_ids_of_any_request(self, s3: Any) -> None:
        rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}
        s3.put_bucket_cors(Bucket="site", CORSConfiguration={"CORSRules": [rule]})
        headers = self.options().headers
        assert headers["x-amz-request-id"]
        assert headers["x-amz-id-2"]

    def test_one_that_no_rule_allows_is_forbidden(self, s3: Any) -> None:
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
        s3.put_bucket_cors(Bucket="site", CORSConfiguration={"CORSRules": [rule]})
        response = self.options()
        assert response.status_code == 403
        assert "<Code>AccessForbidden</Code>" in response.text

    def test_without_rules_it_is_forbidden(self, s3: Any) -> None:
        response = self.options()
        assert response.status_code == 403
        assert "CORSResponse: CORS is not enabled for this bucket." in response.text

    def test_the_request_itself_is_told_what_is_allowed(self, s3: Any) -> None:
        put(s3, "key", b"hello")
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"], "ExposeHeaders": ["ETag"]}
        s3.put_bucket_cors(Bucket="site", CORSConfiguration={"CORSRules": [rule]})
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "site", "Key": "key"})
        response = requests.get(url, headers={"Origin": "https://example.com"}, timeout=5)
        assert response.headers["Access-Control-Allow-Origin"] == "https://example.com"
        assert response.headers["Access-Control-Expose-Headers"] == "ETag"
        elsewhere = requests.get(url, headers={"Origin": "https://example.org"}, timeout=5)
        assert "Access-Control-Allow-Origin" not in elsewhere.headers

    def test_a_bucket_may_be_in_the_path(self, s3: Any) -> None:
        assert self.options("https://s3.us-east-1.amazonaws.com/site/key").status_code == 403
        assert self.options("https://s3.us-east-1.amazonaws.com/nowhere/key").status_code == 404


class TestWebsites:
    """A website's host answers pages, redirects and error documents."""

    @pytest.fixture(autouse=True)
    def website(self, s3: Any) -> None:
        configuration = {
            "IndexDocument": {"Suffix": "index.html"},
            "ErrorDocument": {"Key": "error.html"},
            "RoutingRules": [{"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}}],
        }
        s3.put_bucket_website(Bucket="site", WebsiteConfiguration=configuration)
        publish(s3, "s3:GetObject", "s3:ListBucket")
        put(s3, "index.html", b"<h1>home</h1>", ContentType="text/html")
        put(s3, "docs/index.html", b"<h1>docs</h1>", ContentType="text/html")

    def get(self, path: str) -> requests.Response:
        return requests.get(SITE + path, allow_redirects=False, timeout=5)

    @pytest.mark.parametrize(("path", "body"), [("/", "<h1>home</h1>"), ("/docs/", "<h1>docs</h1>")])
    def test_a_folder_is_its_index(self, path: str, body: str) -> None:
        response = self.get(path)
        assert (response.status_code, response.text, response.headers["Content-Type"]) == (200, body, "text/html")

    def test_a_folder_without_its_slash_is_a_redirect(self) -> None:
        response = self.get("/docs")
        assert (response.status_code, response.headers["Location"]) == (302, "/docs/")

    def test_a_routing_rule_redirects(self) -> None:
        response = self.get("/old/page")
        assert (response.status_code, response.headers["Location"]) == (301, f"{SITE}/new/page")

    def test_what_is_missing_is_the_error_document(self, s3: Any) -> None:
        put(s3, "error.html", b"<h1>sorry</h1>", ContentType="text/html")
        response = self.get("/none")
        assert (response.status_code, response.text) == (404, "<h1>sorry</h1>")

    def test_without_an_error_document_s3_tells(self) -> None:
        response = self.get("/none")
        assert response.status_code == 404
        assert "<li>Code: NoSuchKey</li>" in response.text
        assert "<li>Key: none</li>" in response.text

    @pytest.mark.parametrize("has_document", [True, False])
    def test_an_error_is_in_headers_too(self, s3: Any, has_document: bool) -> None:
        if has_document:
            put(s3, "error.html", b"<h1>sorry</h1>", ContentType="text/html")

        def told(path: str) -> dict[str, str]:
            headers = self.get(path).headers
            return {name.lower(): value for name, value in headers.items() if name.lower().startswith("x-amz-error")}

        assert told("/no/where") == {
            "x-amz-error-code": "NoSuchKey",
            "x-amz-error-message": "The specified key does not exist.",
            "x-amz-error-detail-key": "no/where",
        }
        assert told("/") == {}
        publish(s3, "s3:GetObject")
        denied = {"x-amz-error-code": "AccessDenied", "x-amz-error-message": "Access Denied"}
        assert told("/no/where") == denied

    def test_a_routing_rule_is_for_the_error_that_the_visitor_meets(self, s3: Any) -> None:
        rules = [
            {"Condition": {"HttpErrorCodeReturnedEquals": code}, "Redirect": {"ReplaceKeyWith": f"on{code}"}}
            for code in ("404", "403")
        ]
        configuration = {"IndexDocument": {"Suffix": "index.html"}, "RoutingRules": rules}
        s3.put_bucket_website(Bucket="site", WebsiteConfiguration=configuration)
        assert self.get("/none").headers["Location"] == f"{SITE}/on404"
        publish(s3, "s3:GetObject")
        assert self.get("/none").headers["Location"] == f"{SITE}/on403"
        s3.delete_bucket_policy(Bucket="site")
        assert self.get("/index.html").headers["Location"] == f"{SITE}/on403"

    def test_an_object_may_redirect(self, s3: Any) -> None:
        put(s3, "here", WebsiteRedirectLocation="/there")
        response = self.get("/here")
        assert (response.status_code, response.headers["Location"]) == (301, "/there")

    def test_visitors_need_permission_to_read(self, s3: Any) -> None:
        s3.delete_bucket_policy(Bucket="site")
        response = self.get("/")
        assert response.status_code == 403
        assert "<li>Code: AccessDenied</li>\n<li>Message: Access Denied</li>" in response.text
        assert "Attempting to Retrieve a Custom Error Document" in response.text

    def test_what_is_missing_is_forbidden_to_whom_may_not_list(self, s3: Any) -> None:
        publish(s3, "s3:GetObject")
        put(s3, "error.html", b"<h1>sorry</h1>", ContentType="text/html")
        response = self.get("/none")
        assert (response.status_code, response.text) == (403, "<h1>sorry</h1>")

    def test_a_page_comes_in_parts_and_not_twice(self, s3: Any) -> None:
        put(s3, "page", b"0123456789", ContentLanguage="de", CacheControl="no-cache")
        url = "http://site.s3-website-us-east-1.amazonaws.com/page"
        whole = requests.get(url, timeout=5)
        assert (whole.headers["Content-Language"], whole.headers["Cache-Control"]) == ("de", "no-cache")
        assert whole.headers["Last-Modified"].endswith(" GMT")
        part = requests.get(url, headers={"Range": "bytes=2-4"}, timeout=5)
        assert (part.status_code, part.headers["Content-Range"], part.text) == (206, "bytes 2-4/10", "234")
        again = requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=5)
        assert (again.status_code, again.text) == (304, "")
        beyond = requests.get(url, headers={"Range": "bytes=10-"}, timeout=5)
        assert beyond.status_code == 416
        assert "<li>Code: InvalidRange</li>" in beyond.text

    def test_other_methods_are_not_allowed(self) -> None:
        assert requests.post(f"{SITE}/", timeout=5).status_code == 405

    def test_a_bucket_without_a_website_tells(self, s3: Any) -> None:
        s3.delete_bucket_website(Bucket="site")
        assert "<li>Code: NoSuchWebsiteConfiguration</li>" in self.get("/").text
        response = requests.get("http://nowhere.s3-website-us-east-1.amazonaws.com/", timeout=5)
        assert "<li>Code: NoSuchBucket</li>" in response.text


class TestDocuments:
    """Answers are the documents that AWS sends, by which clients other than botocore know them."""

    NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

    @pytest.mark.parametrize(
        ("operation", "members", "root"),
        [
            ("list_buckets", {}, "ListAllMyBucketsResult"),
            ("list_objects", {"Bucket": "site"}, "ListBucketResult"),
            ("list_objects_v2", {"Bucket": "site"}, "ListBucketResult"),
            ("list_object_versions", {"Bucket": "site"}, "ListVersionsResult"),
            ("list_multipart_uploads", {"Bucket": "site"}, "ListMultipartUploadsResult"),
            ("get_bucket_acl", {"Bucket": "site"}, "AccessControlPolicy"),
            ("get_bucket_versioning", {"Bucket": "site"}, "VersioningConfiguration"),
            ("get_object_tagging", {"Bucket": "site", "Key": "key"}, "Tagging"),
            ("get_bucket_encryption", {"Bucket": "site"}, "ServerSideEncryptionConfiguration"),
            ("get_bucket_notification_configuration", {"Bucket": "site"}, "NotificationConfiguration"),
        ],
    )
    def test_a_root_has_its_name_and_namespace(self, s3: Any, operation: str, members: Any, root: str) -> None:
        put(s3, "key")
        response = requests.get(s3.generate_presigned_url(operation, Params=members), timeout=5)
        assert ET.fromstring(response.content).tag == f"{{{self.NAMESPACE}}}{root}"

    def test_an_upload_in_parts_has_its_own(self, s3: Any) -> None:
        about = {"Bucket": "site", "Key": "big"}
        url = s3.generate_presigned_url("create_multipart_upload", Params=about)
        begun = ET.fromstring(requests.post(url, timeout=5).content)
        assert begun.tag == f"{{{self.NAMESPACE}}}InitiateMultipartUploadResult"
        about["UploadId"] = begun.findtext(f"{{{self.NAMESPACE}}}UploadId")
        etag = s3.upload_part(**about, PartNumber=1, Body=b"a")["ETag"]
        url = s3.generate_presigned_url("complete_multipart_upload", Params=about)
        part = f"<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
        body = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>"
        done = ET.fromstring(requests.post(url, data=body, timeout=5).content)
        assert done.tag == f"{{{self.NAMESPACE}}}CompleteMultipartUploadResult"

    def test_times_have_milliseconds(self, s3: Any) -> None:
        put(s3, "key")
        url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": "site"})
        text = requests.get(url, timeout=5).text
        assert re.search(r"<LastModified>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z</LastModified>", text)

    def test_errors_are_in_no_namespace(self, s3: Any) -> None:
        url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": "nowhere"})
        assert ET.fromstring(requests.get(url, timeout=5).content).tag == "Error"


class TestHeaders:
    """What every answer says of itself, be it an answer, a refusal, or no answer of the API at all."""

    @pytest.mark.parametrize("url", ["http://site.s3.amazonaws.com/cat", f"{SITE}/cat"])
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_answers_name_their_server_and_their_request(self, s3: Any, url: str, method: str) -> None:
        headers = requests.request(method, url, headers=PREFLIGHT, timeout=5).headers
        assert headers["Server"] == "AmazonS3"
        assert {"Date", "x-amz-request-id", "x-amz-id-2"} <= headers.keys()

    def test_listings_tell_the_region_of_their_bucket(self, s3: Any) -> None:
        for listed in (s3.list_objects(Bucket="site"), s3.list_objects_v2(Bucket="site")):
            assert listed["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("host", ["site.s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com/site"])
    def test_another_regions_endpoint_sends_on_whoever_asks(self, s3: Any, method: str, host: str) -> None:
        answered = requests.request(method, f"https://{host}", timeout=5, allow_redirects=False)
        assert (answered.status_code, answered.headers["x-amz-bucket-region"]) == (301, "us-east-1")
        if method == "GET":
            assert "<Endpoint>site.s3.us-east-1.amazonaws.com</Endpoint>" in answered.text

    def test_who_is_refused_learns_the_region_of_the_bucket_too(self, s3: Any) -> None:
        s3.create_bucket(Bucket="closed")
        for method in ("GET", "HEAD"):
            refused = requests.request(method, "https://closed.s3.amazonaws.com/", timeout=5)
            assert (refused.status_code, refused.headers["x-amz-bucket-region"]) == (403, "us-east-1")
        refused = requests.get("https://closed.s3.amazonaws.com/cat", timeout=5)
        assert refused.status_code == 403
        assert "x-amz-bucket-region" not in refused.headers

    def test_the_headers_are_in_what_boto3_tells_too(self, s3: Any) -> None:
        assert s3.list_buckets()["ResponseMetadata"]["HTTPHeaders"]["server"] == "AmazonS3"


class TestRoots:
    """Clients that read XML themselves look at the root of what S3 answers."""

    @pytest.mark.parametrize(
        ("query", "root"),
        [
            ("", "ListBucketResult"),
            ("list-type=2", "ListBucketResult"),
            ("versions", "ListVersionsResult"),
            ("uploads", "ListMultipartUploadsResult"),
            ("location", "LocationConstraint"),
            ("versioning", "VersioningConfiguration"),
            ("acl", "AccessControlPolicy"),
            ("logging", "BucketLoggingStatus"),
            ("requestPayment", "RequestPaymentConfiguration"),
            ("notification", "NotificationConfiguration"),
            ("ownershipControls", "OwnershipControls"),
        ],
    )
    def test_a_bucket_is_told_in_documents_of_s3s_namespace(self, s3: Any, query: str, root: str) -> None:
        text = signed(s3, "GET", f"http://site.s3.amazonaws.com/?{query}").text
        assert f'<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in text

    def test_buckets_are_listed_in_a_document_of_s3s_namespace(self, s3: Any) -> None:
        text = signed(s3, "GET", "http://s3.amazonaws.com/").text
        assert '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in text

    def test_a_multipart_upload_begins_and_ends_with_results(self, s3: Any) -> None:
        begun = signed(s3, "POST", "http://site.s3.amazonaws.com/large?uploads").text
        assert '<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in begun
        upload = begun.partition("<UploadId>")[2].partition("<")[0]
        part = s3.upload_part(Bucket="site", Key="large", UploadId=upload, PartNumber=1, Body=b"1")
        parts = f"<Part><PartNumber>1</PartNumber><ETag>{part['ETag']}</ETag></Part>"
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"
        ended = signed(s3, "POST", f"http://site.s3.amazonaws.com/large?uploadId={upload}", body).text
        assert '<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in ended


def signed(s3: Any, method: str, url: str, body: str = "") -> requests.Response:
    """A request of one's own, with the header by which S3 knows its sender."""
    request = AWSRequest(method, url, data=body)
    S3SigV4Auth(Credentials("testing", "testing"), "s3", "us-east-1").add_auth(request)
    return requests.request(method, url, data=body, headers=dict(request.headers), timeout=5)
