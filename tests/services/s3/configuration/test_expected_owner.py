"""Whoever names the owner they expect is not answered for a bucket of somebody else, whatever they ask."""

from __future__ import annotations

import pytest

from awsim import spec
from awsim.services.plugins import find_plugin

EASY = {"Bucket": "photos", "Id": "one"}
DENIED = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}


def operations() -> list[str]:
    """The operations of bucket configurations that need no more than a bucket and an id."""
    service = spec.load_service("s3")
    plugin = find_plugin("s3")
    assert plugin is not None
    found = []
    for provider in plugin.providers:
        if ".configuration." in provider.__module__:
            for name, operation_name in spec.operations_by_python_name("s3").items():
                required = service.operation_model(operation_name).input_shape.required_members
                if hasattr(provider, name) and EASY.keys() >= set(required):
                    found.append(name)
    return sorted(found)


@pytest.mark.parametrize("name", operations())
def test_a_bucket_of_somebody_else_is_left_alone(s3, bucket, refusal, name):
    shape = spec.load_service("s3").operation_model(spec.operations_by_python_name("s3")[name]).input_shape
    arguments = {member: EASY[member] for member in shape.required_members}
    assert refusal(getattr(s3, name), **arguments, ExpectedBucketOwner="111122223333") == DENIED
    assert refusal(getattr(s3, name), **{**arguments, "Bucket": "nowhere"})["Code"] == "NoSuchBucket"
