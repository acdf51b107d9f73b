"""A scenario of obstore's, the object store that Polars, Delta Lake and others written in Rust read and write by."""

from __future__ import annotations

import os

import boto3
import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import S3Store

endpoint = os.environ["AWS_ENDPOINT_URL"]
MIB = 1024 * 1024

boto3.client("s3").create_bucket(Bucket="obstore")
store = S3Store("obstore", endpoint=endpoint, client_options={"allow_http": True}, conditional_put="etag")
obstore.put(store, "a/b.txt", b"tom")
obstore.put(store, "big", b"x" * 12 * MIB, use_multipart=True, chunk_size=5 * MIB)
assert bytes(obstore.get(store, "a/b.txt").bytes()) == b"tom"
assert [bytes(found) for found in obstore.get_ranges(store, "big", starts=[5, MIB], ends=[7, MIB + 1])] == [b"xx", b"x"]
assert [found["path"] for page in obstore.list(store) for found in page] == ["a/b.txt", "big"]
assert obstore.list_with_delimiter(store)["common_prefixes"] == ["a"]

made = obstore.put(store, "once", b"1", mode="create")
try:
    obstore.put(store, "once", b"2", mode="create")
except AlreadyExistsError:
    pass
else:
    raise AssertionError("an object was made twice")
obstore.put(store, "once", b"2", mode={"e_tag": made["e_tag"]})
try:
    obstore.put(store, "once", b"3", mode={"e_tag": made["e_tag"]})
except PreconditionError:
    pass
else:
    raise AssertionError("an object was changed that was another")

obstore.copy(store, "once", "copy")
obstore.rename(store, "copy", "moved")
assert bytes(obstore.get(store, "moved").bytes()) == b"2"
obstore.delete(store, ["moved", "none"])
assert [found["path"] for page in obstore.list(store) for found in page] == ["a/b.txt", "big", "once"]
print("done")
