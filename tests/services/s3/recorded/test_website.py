"""Static websites, as recorded: their configuration, and the pages that tell what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
INDEX = {"IndexDocument": {"Suffix": "index.html"}}


@pytest.fixture
def site(s3: Any, bucket: str) -> str:
    """The address of a website that everybody may read."""
    s3.delete_public_access_block(Bucket=bucket)
    everything = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": everything}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=INDEX)
    return f"http://{bucket}.s3-website-us-east-1.amazonaws.com"


@recorded(S3, "TestS3StaticWebsiteHosting::test_crud_website_configuration")
def test_a_configuration_is_there_from_its_put_to_its_deletion(s3, bucket, recording: Recording):
    recording.refuses("get-no-such-website-config", s3.get_bucket_website, Bucket=bucket)
    recording.equals("del-no-such-website-config", s3.delete_bucket_website(Bucket=bucket))
    recording.equals("put-website-config", s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=INDEX))
    recording.equals("get-website-config", s3.get_bucket_website(Bucket=bucket))


@recorded(S3, "TestS3StaticWebsiteHosting::test_website_hosting_404")
def test_a_page_says_that_there_is_none_and_no_error_document_either(s3, bucket, site, recording: Recording):
    recording.equals("404-no-such-key", requests.get(site, timeout=10).text)
    custom = {**INDEX, "ErrorDocument": {"Key": "error.html"}}
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=custom)
    recording.equals("404-no-such-key-nor-custom", requests.get(site, timeout=10).text)


@recorded(S3, "TestS3StaticWebsiteHosting::test_website_hosting_http_methods")
def test_a_website_is_read_and_nothing_else(site, recording: Recording):
    for method in "POST", "DELETE":
        page = requests.request(method, site, timeout=10)
        assert page.status_code == 405
        recording.equals(f"not-allowed-{method.lower()}", {"content": page.text})
