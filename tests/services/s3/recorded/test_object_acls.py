"""ACLs of objects, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded


@recorded("s3/test_s3.json", "TestS3::test_s3_object_acl")
def test_an_acl_is_what_the_last_request_said_it_is(s3, bucket, recording: Recording):
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.delete_public_access_block(Bucket=bucket)
    cat, log_delivery = {"Bucket": bucket, "Key": "cat"}, "http://acs.amazonaws.com/groups/s3/LogDelivery"
    recording.equals("put-object-default-acl", s3.put_object(**cat))
    default = recording.equals("get-object-acl-default", s3.get_object_acl(**cat))

    recording.equals("put-object-acl", s3.put_object_acl(ACL="public-read", **cat))
    recording.equals("get-object-acl", s3.get_object_acl(**cat))

    s3.put_object_acl(GrantRead=f'uri="{log_delivery}"', **cat)
    recording.equals("get-object-grant-acl", s3.get_object_acl(**cat))

    write = {"Grantee": {"Type": "Group", "URI": log_delivery}, "Permission": "WRITE"}
    policy = {"Owner": default["Owner"], "Grants": [*default["Grants"], write]}
    s3.put_object_acl(AccessControlPolicy=policy, **cat)
    recording.equals("get-object-acp-acl", s3.get_object_acl(**cat))
