"""Metadata with characters beyond ASCII, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded

S3 = "s3/test_s3.json"


@recorded(S3, "TestS3::test_system_metadata_with_unicode")
def test_system_metadata_comes_back_as_the_bytes_that_were_sent(s3, bucket, recording: Recording):
    put = s3.put_object(
        Bucket=bucket,
        Key="cat",
        CacheControl="ÄMÄZÕÑ S3",
        ContentDisposition='attachment; filename="test_—_file%E2%80%94_é_2.pdf"',
        ContentLanguage="de",
    )
    recording.equals("put-object", put)
    recording.equals("get-object", s3.get_object(Bucket=bucket, Key="cat"))


@recorded(S3, "TestS3::test_user_metadata_rfc2047_encoded")
def test_encoded_words_of_user_metadata_come_back_plain_where_all_is_printable_ascii(s3, bucket, recording: Recording):
    put = s3.put_object(
        Bucket=bucket,
        Key="cat",
        Metadata={
            "asciib64-encoded": "=?UTF-8?B?YWJj?=",
            "fake-encoded": "=?UTF-8?Q?actually-ascii?=",
            "non-ascii": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
            "non-ascii-2": "=?UTF-8?B?w4RNw4Raw5XDkSBTMw==?=",
            "non-ascii-binary": "=?UTF-8?B?AAECAw==?=",
            "replacement-chars": "=?UTF-8?B?77+977+977+977+977+977+977+9?=",
            "safe-chars": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        },
    )
    recording.equals("put-object", put)
    recording.equals("get-object", s3.get_object(Bucket=bucket, Key="cat"))
