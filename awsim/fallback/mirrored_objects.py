"""S3 objects between awsim and moto: read from awsim when moto asks for one, and found where moto has written one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from awsim.errors import ServiceException

if TYPE_CHECKING:
    from awsim.connect import InternalClient


class ObjectReader:
    """For one call: what moto's S3 does not have it asks awsim for. Objects that were read are not written back."""

    def __init__(self, client: InternalClient) -> None:
        self._client = client
        self._read: set[tuple[str, str, int]] = set()
        self._backend_class: Any = importlib.import_module("moto.s3.models").S3Backend
        self._real_get_object: Any = None

    def install(self) -> None:
        """Stand before moto's reading of objects, until :meth:`uninstall`."""
        real = self._real_get_object = self._backend_class.get_object

        def get_object(backend: Any, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> Any:
            found = real(backend, bucket_name, key_name, *args, **kwargs)
            if found is None and self._fetch(backend, bucket_name, key_name):
                found = real(backend, bucket_name, key_name, *args, **kwargs)
            return found

        self._backend_class.get_object = get_object

    def uninstall(self) -> None:
        """Give moto its own reading back."""
        if self._real_get_object is not None:
            self._backend_class.get_object = self._real_get_object
            self._real_get_object = None

    def _fetch(self, backend: Any, bucket_name: str, key_name: str) -> bool:
        try:
            answer = self._client.get_object(Bucket=bucket_name, Key=key_name)
        except ServiceException:
            return False
        body = answer["Body"]
        if not isinstance(body, bytes):
            body = body.read() if hasattr(body, "read") else b"".join(body)
        key_class = importlib.import_module("moto.s3.models").FakeKey
        bucket = backend.buckets[bucket_name]
        key = key_class(key_name, body, account_id=backend.account_id, region_name=bucket.region_name)
        bucket.keys.setlist(key_name, [key])
        self._read.add((bucket_name, key_name, id(key)))
        return True

    def written(self, bucket: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """The objects that moto has written into a bucket: key, and members of PutObject."""
        for name, key in list(bucket.keys.items()):
            if (bucket.name, name, id(key)) in self._read or not hasattr(key, "value"):
                continue
            metadata = {
                header.removeprefix("x-amz-meta-"): value
                for header, value in key.metadata.items()
                if header.startswith("x-amz-meta-")
            }
            yield (
                name,
                {
                    "Body": key.value,
                    "ContentType": key.metadata.get("content-type"),
                    "Metadata": metadata or None,
                },
            )
