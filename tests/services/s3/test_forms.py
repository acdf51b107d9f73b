"""Uploads by a browser's form: what a policy lets through, and what is answered."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
import requests
import urllib3
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from awsim import mock_aws
from awsim.services.s3.errors import MalformedPOSTRequest
from awsim.services.s3.forms.form_data import read_form

from .conftest import client_of


@pytest.fixture(autouse=True)
def transport() -> None:
    """Forms are posted by plain HTTP clients alone."""


@pytest.fixture(params=["s3v4", "s3"])
def signer(request, cloud):
    return cloud.client("s3", config=Config(signature_version=request.param))


def post(form, body=b"meow", *, name="cat.txt", **more):
    return requests.post(form["url"], data={**form["fields"], **more}, files={"file": (name, body)}, timeout=5)


def error(response):
    found = {element.tag: element.text for element in ET.fromstring(response.content)}
    for name in ("RequestId", "HostId"):
        assert found.pop(name)
    return {"Status": response.status_code, **found}


def denied(message):
    return {"Status": 403, "Code": "AccessDenied", "Message": f"Invalid according to Policy: {message}"}


def test_a_form_puts_an_object(s3, bucket, signer):
    form = signer.generate_presigned_post(bucket, "a folder/cat")
    response = post(form)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["ETag"] == '"4a4be40c96ac6314e91d93f38043a634"'
    assert response.headers["Location"] == f"https://{bucket}.s3.amazonaws.com/a%20folder%2Fcat"
    got = s3.get_object(Bucket=bucket, Key="a folder/cat")
    assert (got["Body"].read(), got["ContentType"]) == (b"meow", "binary/octet-stream")


def test_every_client_can_post(s3, bucket, signer):
    form = signer.generate_presigned_post(bucket, "${filename}")
    file = {"file": ("b.txt", b"b")}
    assert httpx.post(form["url"], data=form["fields"], files=file).status_code == 204
    fields = {**form["fields"], "file": ("c.txt", b"c")}
    assert urllib3.PoolManager().request("POST", form["url"], fields=fields).status == 204
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["b.txt", "c.txt"]


def test_a_path_may_name_the_bucket(s3, bucket, cloud):
    config = Config(s3={"addressing_style": "path"})
    form = cloud.client("s3", config=config).generate_presigned_post(bucket, "cat")
    assert form["url"].endswith(f"/{bucket}")
    assert post(form).headers["Location"] == f"{form['url']}/cat"


def test_fields_become_what_the_object_has(s3, bucket, signer):
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    fields = {
        "acl": "public-read",
        "Content-Type": "text/plain",
        "Cache-Control": "no-store",
        "x-amz-meta-mood": "sleepy",
        "x-amz-storage-class": "STANDARD_IA",
        "x-amz-checksum-algorithm": "SHA256",
        "tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>",
    }
    conditions = [{name: value} for name, value in fields.items()]
    form = signer.generate_presigned_post(bucket, "cat", fields, conditions)
    assert post(form).status_code == 204
    found = s3.head_object(Bucket=bucket, Key="cat", ChecksumMode="ENABLED")
    assert {name: found[name] for name in ("ContentType", "CacheControl", "StorageClass", "Metadata")} == {
        "ContentType": "text/plain",
        "CacheControl": "no-store",
        "StorageClass": "STANDARD_IA",
        "Metadata": {"mood": "sleepy"},
    }
    assert found["ChecksumSHA256"] == "QEzde8EJxDL4zCRDtFvP6VmA9RByFcZFI25XeSmsPlI="
    assert s3.get_object_tagging(Bucket=bucket, Key="cat")["TagSet"] == [{"Key": "a", "Value": "b c"}]
    assert len(s3.get_object_acl(Bucket=bucket, Key="cat")["Grants"]) == 2


def test_the_name_of_the_file_takes_its_place(s3, bucket, signer):
    form = signer.generate_presigned_post(bucket, "pets/${filename}")
    assert post(form, name="C:\\pictures\\cat.txt").status_code == 204
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"] == "pets/cat.txt"


@pytest.mark.parametrize(("asked", "status"), [("200", 200), ("204", 204), ("201", 201), ("202", 204)])
def test_a_form_may_ask_for_the_status(s3, bucket, signer, asked, status):
    fields = {"success_action_status": asked}
    form = signer.generate_presigned_post(bucket, "a/b", fields, [fields])
    response = post(form)
    assert response.status_code == status
    if status == 201:
        told = {element.tag: element.text for element in ET.fromstring(response.content)}
        assert told == {
            "Location": f"https://{bucket}.s3.amazonaws.com/a%2Fb",
            "Bucket": bucket,
            "Key": "a/b",
            "ETag": '"4a4be40c96ac6314e91d93f38043a634"',
        }


def test_a_form_may_ask_for_a_redirect(s3, bucket, signer):
    fields = {"success_action_redirect": "https://example.com/done?x=1"}
    form = signer.generate_presigned_post(bucket, "a/b", fields, [fields])
    response = requests.post(
        form["url"], data=form["fields"], files={"file": b"meow"}, timeout=5, allow_redirects=False
    )
    etag = "%224a4be40c96ac6314e91d93f38043a634%22"
    location = f"https://example.com/done?x=1&bucket={bucket}&key=a%2Fb&etag={etag}"
    assert (response.status_code, response.headers["Location"]) == (303, location)


def test_a_version_is_told(s3, versioned, signer):
    response = post(signer.generate_presigned_post(versioned, "cat"))
    listed = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert response.headers["x-amz-version-id"] == listed[0]["VersionId"]


def test_a_browser_is_told_that_it_may_read_the_answer(s3, bucket, signer):
    rule = {"AllowedMethods": ["POST"], "AllowedOrigins": ["https://example.com"], "ExposeHeaders": ["ETag"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    form = signer.generate_presigned_post(bucket, "cat")
    file, origin = {"file": b"meow"}, {"Origin": "https://example.com"}
    for fields, status in ((form["fields"], 204), ({**form["fields"], "more": "x"}, 403)):
        response = requests.post(form["url"], data=fields, files=file, headers=origin, timeout=5)
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == "https://example.com"
        assert response.headers["Access-Control-Expose-Headers"] == "ETag"


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_temporary_credentials_can_sign_a_form(cloud, s3, bucket, advance, version):
    keys = cloud.client("sts").assume_role(
        RoleArn="arn:aws:iam::210987654321:role/uploader", RoleSessionName="one", DurationSeconds=900
    )["Credentials"]
    session = cloud.session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    client = session.client("s3", config=Config(signature_version=version))
    form = client.generate_presigned_post(bucket, "cat", ExpiresIn=3600)
    assert error(post(form)) == {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "210987654321"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"s3:authType": "POST"}},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert post(form).status_code == 204
    advance(901)
    assert error(post(form))["Code"] == "ExpiredToken"


class TestPolicies:
    """A form whose policy does not let it through is refused, and nothing is written."""

    @pytest.fixture(autouse=True)
    def nothing_is_written(self, s3, bucket):
        yield
        assert "Contents" not in s3.list_objects_v2(Bucket=bucket)

    @pytest.mark.parametrize(
        ("condition", "shown"),
        [
            (["eq", "$x-amz-meta-a", "c"], '["eq", "$x-amz-meta-a", "c"]'),
            ({"x-amz-meta-a": "c"}, '["eq", "$x-amz-meta-a", "c"]'),
            (["eq", "x-amz-meta-a", "b"], '["eq", "x-amz-meta-a", "b"]'),
            (["starts-with", "$X-Amz-Meta-A", "c"], '["starts-with", "$X-Amz-Meta-A", "c"]'),
            (["starts-with", "$Content-Length", ""], '["starts-with", "$Content-Length", ""]'),
            (["content-length-range", "test", 10], '["content-length-range", "test", "10"]'),
        ],
    )
    def test_a_condition_that_fails_is_shown(self, bucket, signer, condition, shown):
        form = signer.generate_presigned_post(bucket, "cat", {"x-amz-meta-a": "b"}, [{"x-amz-meta-a": "b"}, condition])
        assert error(post(form)) == denied(f"Policy Condition failed: {shown}")

    def test_every_field_needs_a_condition(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat")
        assert error(post(form, name="x", mood="sleepy")) == denied("Extra input fields: mood")

    def test_a_file_may_be_too_large_or_too_small(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat", Conditions=[["content-length-range", 2, 3]])
        assert error(post(form)) == {
            "Status": 400,
            "Code": "EntityTooLarge",
            "Message": "Your proposed upload exceeds the maximum allowed size",
            "ProposedSize": "4",
            "MaxSizeAllowed": "3",
        }
        assert error(post(form, b"m")) == {
            "Status": 400,
            "Code": "EntityTooSmall",
            "Message": "Your proposed upload is smaller than the minimum allowed size",
            "ProposedSize": "1",
            "MinSizeAllowed": "2",
        }

    def test_it_expires_by_the_clouds_clock(self, bucket, signer, advance):
        form = signer.generate_presigned_post(bucket, "cat", ExpiresIn=60)
        advance(61)
        assert error(post(form)) == denied("Policy expired.")

    def test_a_condition_has_one_property(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat", Conditions=[{"a": "b", "c": "d"}])
        assert error(post(form)) == {
            "Status": 400,
            "Code": "InvalidPolicyDocument",
            "Message": "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property "
            "specified.",
        }

    def test_a_spoilt_policy_does_not_match_its_signature(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat")
        form["fields"]["policy"] = "invalid"
        assert error(post(form))["Code"] == "SignatureDoesNotMatch"

    def test_a_signature_is_required(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat")
        field = "signature" if "signature" in form["fields"] else "x-amz-signature"
        del form["fields"][field]
        shown = field.title()
        assert error(post(form)) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": f"Bucket POST must contain a field named '{shown}'.  If it is specified, please check the order "
            "of the fields.",
            "ArgumentName": shown,
            "ArgumentValue": None,
        }

    def test_a_file_and_a_key_are_required(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat")
        fields = {name: (None, value) for name, value in form["fields"].items()}
        response = requests.post(form["url"], files=fields, timeout=5)
        assert error(response)["Message"] == "POST requires exactly one file upload per request."
        del form["fields"]["key"]
        assert error(post(form))["ArgumentName"] == "key"

    def test_another_content_type_is_no_form(self, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat")
        response = requests.post(form["url"], data=form["fields"], timeout=5)
        assert error(response) == {
            "Status": 412,
            "Code": "PreconditionFailed",
            "Message": "At least one of the pre-conditions you specified did not hold",
            "Condition": "Bucket POST must be of the enclosure-type multipart/form-data",
        }

    def test_a_storage_class_must_exist(self, bucket, signer):
        fields = {"x-amz-storage-class": "FakeClass"}
        form = signer.generate_presigned_post(bucket, "cat", fields, [fields])
        assert error(post(form))["Code"] == "InvalidStorageClass"


def test_text_beyond_ascii_is_kept(s3, bucket):
    fields = {
        "x-amz-meta-nonascii": "ÄMÄZÕÑ S3",
        "x-amz-meta-encoded": "=?UTF-8?B?YWJj?=",
        "Cache-Control": "non-ascii-—_é",
        "success_action_status": "201",
    }
    conditions = [{name: value} for name, value in fields.items()]
    form = client_of().generate_presigned_post(bucket, "test—file.pdf", fields, conditions)
    response = post(form)
    assert "<Key>test—file.pdf</Key>" in response.content.decode()
    assert "/test%E2%80%94file.pdf</Location>" in response.content.decode()
    found = s3.head_object(Bucket=bucket, Key="test—file.pdf")
    assert found["Metadata"] == {"nonascii": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", "encoded": "=?UTF-8?B?YWJj?="}
    assert found["CacheControl"] == "non-ascii- _é"


def test_metadata_of_a_form_may_have_any_character(s3, bucket):
    signs = "! \"#$%&'()*+,-./0123456789:;<>'?@AZ[\\]^_`az{|}~\t"
    fields = {
        "x-amz-meta-emoji": "test_—_file%E2%80%94_é_2👑.pdf",
        "x-amz-meta-binary": "\x00\x01\x02\x03\x04",
        "x-amz-meta-signs": signs,
        "x-amz-meta-quoted": "=?UTF-8?Q?actually-ascii?=",
        "Cache-Control": "non-ascii-%E2%80%94_—_é_",
    }
    conditions = [{name: value} for name, value in fields.items()]
    post(client_of().generate_presigned_post(bucket, "cat", fields, conditions))
    found = s3.head_object(Bucket=bucket, Key="cat")
    # AWS: what a form says is kept as it came, even where a header of the same text would be read (recorded).
    assert found["Metadata"] == {
        "emoji": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=F0=9F=91=91.pdf?=",
        "binary": "=?UTF-8?B?AAECAwQ=?=",
        "signs": signs,
        "quoted": "=?UTF-8?Q?actually-ascii?=",
    }
    assert found["CacheControl"] == "non-ascii-%E2%80%94_ _é_"


class TestSignatures:
    """With S3_SKIP_SIGNATURE_VALIDATION=0 a form and a URL must be signed by whom they say."""

    @pytest.fixture
    def cloud(self, monkeypatch) -> Any:
        monkeypatch.setenv("S3_SKIP_SIGNATURE_VALIDATION", "0")
        with mock_aws(strict=True) as cloud:
            yield cloud

    def test_a_form_with_its_own_policy_is_let_in(self, s3, bucket, signer):
        assert post(signer.generate_presigned_post(bucket, "cat")).status_code == 204

    def test_a_form_with_another_policy_is_not(self, s3, bucket, signer):
        form = signer.generate_presigned_post(bucket, "cat")
        fields = form["fields"]
        document = json.loads(base64.b64decode(fields["policy"]))
        document["conditions"].append(["content-length-range", 0, 10**9])
        policy = fields["policy"] = base64.b64encode(json.dumps(document).encode()).decode()
        told = error(post(form))
        assert told == {
            "Status": 403,
            "Code": "SignatureDoesNotMatch",
            "Message": "The request signature we calculated does not match the signature you provided. Check your key "
            "and signing method.",
            "AWSAccessKeyId": "testing",
            "SignatureProvided": fields.get("signature", fields.get("x-amz-signature")),
            "StringToSign": policy,
            "StringToSignBytes": policy.encode().hex(" "),
        }

    @pytest.mark.parametrize("style", ["virtual", "path"])
    @pytest.mark.parametrize("version", ["s3v4", "s3"])
    def test_a_url_is_good_for_what_it_was_signed_for(self, cloud, bucket, version, style):
        signer = cloud.client("s3", config=Config(signature_version=version, s3={"addressing_style": style}))
        members = {"Bucket": bucket, "Key": "a folder/ü+cat"}
        put = signer.generate_presigned_url("put_object", Params={**members, "ContentType": "text/plain"})
        assert requests.put(put, data=b"meow", headers={"Content-Type": "text/plain"}, timeout=5).status_code == 200
        params = {**members, "ResponseContentType": "text/html"}
        assert requests.get(signer.generate_presigned_url("get_object", Params=params), timeout=5).text == "meow"
        tags = signer.generate_presigned_url("get_object_tagging", Params=members)
        assert requests.get(tags, timeout=5).status_code == 200
        response = requests.get(put, timeout=5)
        told = error(response)
        assert (told["Status"], told["Code"], told["AWSAccessKeyId"]) == (403, "SignatureDoesNotMatch", "testing")
        assert ("CanonicalRequest" in told) == (version == "s3v4")

    def test_a_url_of_temporary_credentials_is_checked_with_their_secret(self, cloud, bucket, s3):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
        keys = cloud.client("sts").get_session_token()["Credentials"]
        session = cloud.session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        params = {"Bucket": bucket, "Key": "cat"}
        for version in ("s3v4", "s3"):
            client = session.client("s3", config=Config(signature_version=version))
            url = client.generate_presigned_url("get_object", Params=params)
            assert requests.get(url, timeout=5).text == "meow"

    def test_headers_that_were_not_signed_are_refused(self, s3, bucket):
        url = client_of().generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "cat"})
        version_4 = "X-Amz-Signature" in url
        response = requests.put(url, data=b"meow", headers={"x-amz-meta-mood": "sleepy"}, timeout=5)
        if version_4:
            assert error(response) == {
                "Status": 403,
                "Code": "AccessDenied",
                "Message": "There were headers present in the request which were not signed",
                "HeadersNotSigned": "x-amz-meta-mood",
            }
            dated = {"x-amz-date": "20260101T000000Z", "x-amz-decoded-content-length": "4"}
            response = requests.put(url, data=b"meow", headers=dated, timeout=5)
            assert error(response)["HeadersNotSigned"] == "x-amz-date, x-amz-decoded-content-length"
        else:
            assert error(response)["Code"] == "SignatureDoesNotMatch"


names = st.text("abcdefghijk-", min_size=1, max_size=8).filter(lambda name: name != "file")


@given(st.dictionaries(names, st.text(max_size=20)), st.binary(max_size=200), st.booleans())
def test_a_form_is_read_as_it_was_written(fields, file, with_file):
    parts = {name: (None, value.encode()) for name, value in fields.items()}
    if with_file:
        parts["file"] = ("name.txt", file)
    if not parts:
        return
    body, content_type = urllib3.encode_multipart_formdata(parts)
    form = read_form(content_type, body)
    assert {name: form.text(name) for name in form.fields} == fields
    assert form.file == (file if with_file else None)


@given(st.binary(max_size=100))
def test_what_is_no_form_is_refused_and_nothing_else(body):
    for data in (body, b"--x\r\n" + body, b"--x\r\n\r\n\r\n" + body):
        with contextlib.suppress(MalformedPOSTRequest):
            read_form("multipart/form-data; boundary=x", data)


def test_fields_take_20_kib_at_most(s3, bucket, signer):
    form = signer.generate_presigned_post(bucket, "cat")
    assert error(post(form, **{"x-ignore-a": "a" * 20_480})) == {
        "Status": 400,
        "Code": "MaxPostPreDataLengthExceededError",
        "Message": "Your POST request fields preceding the upload file were too large.",
    }
    assert post(form, b"m" * 30_000, **{"x-ignore-a": "a" * 17_000}).status_code == 204
