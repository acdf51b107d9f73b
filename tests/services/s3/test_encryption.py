"""Encryption at rest: S3's keys, KMS's keys, and customers' keys, which are really compared."""

from __future__ import annotations

import base64
import hashlib

import pytest
from botocore.handlers import sse_md5

from .conftest import answer
from .kms_keys import start_kms

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY}
KEY_MD5 = base64.b64encode(hashlib.md5(KEY).digest()).decode()
KMS_KEY = "134f2428-cec1-4b25-a1ae-9048164dba47"
KMS_ARN = f"arn:aws:kms:us-east-1:123456789012:key/{KMS_KEY}"
MD5 = '"4a4be40c96ac6314e91d93f38043a634"'
WRONG_KEY = {
    "Status": 403,
    "Code": "AccessDenied",
    "Message": "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret "
    "key.",
}
FORBIDDEN = {"Status": 403, "Code": "403", "Message": "Forbidden"}
ARGUMENT = {"Status": 400, "Code": "InvalidArgument", "ArgumentName": "x-amz-server-side-encryption"}


class TestKms:
    def test_an_object_under_a_key_tells_its_arn_and_hides_its_md5(self, s3, bucket):
        put = s3.put_object(
            Bucket=bucket,
            Key="cat",
            Body=b"meow",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=KMS_KEY,
            BucketKeyEnabled=True,
            SSEKMSEncryptionContext="eyJhIjogImIifQ==",
        )
        assert put["SSEKMSEncryptionContext"] == "eyJhIjogImIifQ=="
        assert (put["ServerSideEncryption"], put["SSEKMSKeyId"], put["BucketKeyEnabled"]) == ("aws:kms", KMS_ARN, True)
        found = s3.get_object(Bucket=bucket, Key="cat")
        assert (found["SSEKMSKeyId"], found["Body"].read(), found["ETag"]) == (KMS_ARN, b"meow", put["ETag"])
        assert put["ETag"] != MD5

    def test_without_a_key_it_is_the_accounts_managed_one(self, s3, bucket):
        first, second = (
            s3.put_object(Bucket=bucket, Key=key, ServerSideEncryption="aws:kms")["SSEKMSKeyId"] for key in "ab"
        )
        assert first == second
        assert first.startswith("arn:aws:kms:us-east-1:123456789012:key/")

    def test_the_buckets_default_goes_for_objects_that_say_nothing(self, s3, bucket):
        rule = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KMS_ARN},
            "BucketKeyEnabled": True,
        }
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        put = s3.put_object(Bucket=bucket, Key="cat")
        assert (put["ServerSideEncryption"], put["SSEKMSKeyId"], put["BucketKeyEnabled"]) == ("aws:kms", KMS_ARN, True)
        plain = answer(s3.put_object(Bucket=bucket, Key="dog", ServerSideEncryption="AES256"))
        assert (plain["ServerSideEncryption"], "SSEKMSKeyId" in plain) == ("AES256", False)

    @pytest.mark.parametrize(
        ("key", "message"),
        [
            ("fake-key-id", "Invalid keyId 'fake-key-id'"),
            (KMS_ARN.replace("us-east-1", "eu-west-1"), "Invalid arn eu-west-1"),
        ],
    )
    def test_a_key_that_cannot_be_is_refused(self, s3, bucket, refusal, key, message):
        refused = {"Status": 400, "Code": "KMS.NotFoundException", "Message": message}
        arguments = {"Bucket": bucket, "Key": "cat", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        assert refusal(s3.put_object, **arguments) == refused
        assert refusal(s3.create_multipart_upload, **arguments) == refused

    def test_kms_is_asked_for_the_key_and_its_refusal_passed_on(self, cloud, s3, bucket, refusal):
        alias = KMS_ARN.replace(f"key/{KMS_KEY}", "alias/photos")
        start_kms(cloud, {KMS_ARN: KMS_ARN, alias: KMS_ARN})
        cat = {"Bucket": bucket, "Key": "cat", "ServerSideEncryption": "aws:kms"}
        for key in (KMS_KEY, KMS_ARN, "alias/photos", alias):
            assert s3.put_object(SSEKMSKeyId=key, **cat)["SSEKMSKeyId"] == KMS_ARN
        other_key, other_alias = KMS_ARN.replace("134f", "0000"), alias.replace("photos", "films")
        for key, message in (
            (other_key, f"Key '{other_key}' does not exist"),
            ("alias/films", f"Alias {other_alias} is not found."),
        ):
            refused = {"Status": 400, "Code": "KMS.NotFoundException", "Message": message}
            assert refusal(s3.put_object, SSEKMSKeyId=key, **cat) == refused

    def test_a_copy_is_encrypted_as_its_own_request_says(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", ServerSideEncryption="aws:kms", SSEKMSKeyId=KMS_KEY)
        cat = {"Bucket": bucket, "Key": "cat"}
        copied = s3.copy_object(CopySource=cat, **cat)
        assert (copied["ServerSideEncryption"], copied["CopyObjectResult"]["ETag"]) == ("AES256", MD5)


class TestCustomerKeys:
    @pytest.fixture
    def cat(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", **CUSTOMER)
        return {"Bucket": bucket, "Key": "cat"}

    def test_only_the_md5_of_the_key_is_told(self, s3, bucket):
        put = answer(s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", **CUSTOMER))
        assert put.pop("ETag") != MD5
        assert put == {
            "SSECustomerAlgorithm": "AES256",
            "SSECustomerKeyMD5": KEY_MD5,
            "ChecksumCRC32": "ihBq/g==",
            "ChecksumType": "FULL_OBJECT",
        }

    def test_the_key_opens_the_object(self, s3, cat):
        assert s3.get_object(**cat, **CUSTOMER)["Body"].read() == b"meow"
        assert s3.head_object(**cat, **CUSTOMER)["SSECustomerKeyMD5"] == KEY_MD5

    def test_without_the_key_it_stays_shut(self, s3, cat, refusal):
        assert refusal(s3.get_object, **cat) == {
            "Status": 400,
            "Code": "InvalidRequest",
            "Message": "The object was stored using a form of Server Side Encryption. The correct parameters must be "
            "provided to retrieve the object.",
        }
        assert refusal(s3.head_object, **cat) == {"Status": 400, "Code": "400", "Message": "Bad Request"}

    def test_another_key_does_not_open_it(self, s3, cat, refusal):
        wrong = {**CUSTOMER, "SSECustomerKey": OTHER_KEY}
        assert refusal(s3.get_object, **cat, **wrong) == WRONG_KEY
        assert refusal(s3.head_object, **cat, **wrong) == FORBIDDEN

    @pytest.mark.parametrize("digest", [{}, {"SSECustomerKeyMD5": ""}])
    def test_a_key_without_its_digest_is_no_key_for_a_read(self, cloud, s3, cat, refusal, digest):
        client = cloud.client("s3")
        for operation in "GetObject", "HeadObject":
            client.meta.events.unregister(f"before-parameter-build.s3.{operation}", sse_md5)
        undigested = {**CUSTOMER, "SSECustomerKey": base64.b64encode(KEY).decode(), **digest}
        assert refusal(client.get_object, **cat, **undigested) == WRONG_KEY
        assert refusal(client.head_object, **cat, **undigested) == {
            "Status": 403,
            "Code": "403",
            "Message": "Forbidden",
        }

    def test_a_key_that_is_none_is_refused(self, s3, cat, refusal):
        assert refusal(s3.get_object, **cat, **{**CUSTOMER, "SSECustomerAlgorithm": "KMS"}) == {
            "Status": 400,
            "Code": "InvalidEncryptionAlgorithmError",
            "Message": "The Encryption request you specified is not valid. Supported value: AES256.",
            "ArgumentName": "x-amz-server-side-encryption",
            "ArgumentValue": "KMS",
        }
        assert refusal(s3.get_object, **cat, **{**CUSTOMER, "SSECustomerKey": b"short"}) == {
            **ARGUMENT,
            "Message": "The secret key was invalid for the specified algorithm.",
        }
        unlike = {"SSECustomerKey": base64.b64encode(KEY).decode(), "SSECustomerKeyMD5": "AAAAAAAAAAAAAAAAAAAAAA=="}
        assert refusal(s3.get_object, **cat, **{**CUSTOMER, **unlike}) == {
            **ARGUMENT,
            "Message": "The calculated MD5 hash of the key did not match the hash that was provided.",
        }

    def test_a_key_for_what_has_none_is_refused(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="plain")
        assert refusal(s3.get_object, Bucket=bucket, Key="plain", **CUSTOMER) == {
            "Status": 400,
            "Code": "InvalidRequest",
            "Message": "The encryption parameters are not applicable to this object.",
        }

    def test_a_source_is_opened_with_its_own_key(self, s3, cat, bucket):
        source = {f"CopySource{name}": value for name, value in CUSTOMER.items()}
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=cat, **source)
        assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"meow"

    def test_every_part_of_an_upload_brings_its_key(self, s3, bucket, refusal):
        def part(upload_id, **key):
            return refusal(
                s3.upload_part, Bucket=bucket, Key="film", PartNumber=1, Body=b"x", UploadId=upload_id, **key
            )["Message"]

        missing = (
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
            "encryption parameters."
        )
        shut = s3.create_multipart_upload(Bucket=bucket, Key="film", **CUSTOMER)["UploadId"]
        plain = s3.create_multipart_upload(Bucket=bucket, Key="film")["UploadId"]
        assert (part(shut), part(plain, **CUSTOMER)) == (missing, missing)
        assert part(shut, **{**CUSTOMER, "SSECustomerKey": OTHER_KEY}) == (
            "The provided encryption parameters did not match the ones used originally."
        )
        uploaded = s3.upload_part(Bucket=bucket, Key="film", PartNumber=1, Body=b"x", UploadId=shut, **CUSTOMER)
        named = {"PartNumber": 1, "ETag": uploaded["ETag"]}
        s3.complete_multipart_upload(
            Bucket=bucket, Key="film", UploadId=shut, MultipartUpload={"Parts": [named]}, **CUSTOMER
        )
        assert s3.get_object(Bucket=bucket, Key="film", **CUSTOMER)["Body"].read() == b"x"


class TestUpdates:
    def update(self, s3, cat, arn=KMS_ARN, **more):
        return s3.update_object_encryption(ObjectEncryption={"SSEKMS": {"KMSKeyArn": arn, **more}}, **cat)

    def test_an_object_gets_another_key_and_stays_what_it_was(self, s3, bucket):
        cat = {"Bucket": bucket, "Key": "cat"}
        s3.put_object(Body=b"meow", **cat)
        before = s3.head_object(**cat)
        self.update(s3, cat, BucketKeyEnabled=True)
        after = s3.head_object(**cat)
        assert (after["ServerSideEncryption"], after["SSEKMSKeyId"], after["BucketKeyEnabled"]) == (
            "aws:kms",
            KMS_ARN,
            True,
        )
        assert (after["ETag"], after["LastModified"]) == (before["ETag"], before["LastModified"])

    def test_only_the_arn_of_a_key_will_do(self, s3, bucket, refusal):
        cat = {"Bucket": bucket, "Key": "cat"}
        s3.put_object(**cat)
        refused = refusal(self.update, s3=s3, cat=cat, arn=KMS_KEY)
        assert (refused["Status"], refused["Code"]) == (400, "InvalidRequest")
        assert refused["Message"].startswith("Requests that modify an object's encryption type to SSE-KMS require")

    def test_a_customers_key_cannot_be_replaced(self, s3, bucket, refusal):
        cat = {"Bucket": bucket, "Key": "cat"}
        s3.put_object(**cat, **CUSTOMER)
        assert refusal(self.update, s3=s3, cat=cat) == {
            "Status": 400,
            "Code": "InvalidRequest",
            "Message": "The UpdateObjectEncryption operation doesn't support source objects with the encryption type "
            "DSSE-KMS or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are supported.",
        }


class TestBlockedCustomerKeys:
    """A bucket can refuse to be written to with customers' keys."""

    @staticmethod
    def block(s3, bucket, kind):
        rule = {"BlockedEncryptionTypes": {"EncryptionType": [kind]}}
        rule["ApplyServerSideEncryptionByDefault"] = {"SSEAlgorithm": "AES256"}
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

    def test_nothing_is_written_but_all_is_read(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", **CUSTOMER)
        s3.put_object(Bucket=bucket, Key="dog")
        self.block(s3, bucket, "SSE-C")
        denied = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
        assert refusal(s3.put_object, Bucket=bucket, Key="new", **CUSTOMER) == denied
        assert refusal(s3.create_multipart_upload, Bucket=bucket, Key="new", **CUSTOMER) == denied
        assert refusal(s3.copy_object, Bucket=bucket, Key="new", CopySource=f"{bucket}/dog", **CUSTOMER) == denied
        assert s3.get_object(Bucket=bucket, Key="cat", **CUSTOMER)["Body"].read() == b"meow"

    def test_a_bucket_can_take_them_again(self, s3, bucket):
        self.block(s3, bucket, "SSE-C")
        self.block(s3, bucket, "NONE")
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", **CUSTOMER)


@pytest.mark.parametrize("context", ["nonsense!", "e30", "W10=", "eyJhIjp7ImIiOiJjIn19"])
def test_the_context_of_kms_is_a_map_of_texts(s3, bucket, refusal, context):
    assert refusal(
        s3.put_object, Bucket=bucket, Key="cat", ServerSideEncryption="aws:kms", SSEKMSEncryptionContext=context
    ) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding "
        "JSON which represents a string-string map",
        "ArgumentName": "x-amz-server-side-encryption-context",
        "ArgumentValue": context,
    }
