"""A provider in the place of KMS: it knows the keys that it is given."""

from __future__ import annotations

from typing import Any

from awsim import spec
from awsim.errors import service_errors
from awsim.services.plugins import Service
from awsim.services.skeleton import Skeleton


class _Kms:
    def __init__(self, keys: dict[str, str]) -> None:
        self.keys = keys

    def describe_key(self, context: Any, request: dict[str, str]) -> Any:
        name = request["KeyId"]
        arn = self.keys.get(name)
        if arn is None:
            message = f"Alias {name} is not found." if ":alias/" in name else f"Key '{name}' does not exist"
            raise service_errors("kms").NotFoundException(message)
        return {"KeyMetadata": {"KeyId": arn.rpartition("/")[2], "Arn": arn}}


def start_kms(cloud: Any, keys: dict[str, str]) -> None:
    """Start KMS in a Cloud, with the ARNs of its keys by the names they are asked for by."""
    service = Service("kms", skeleton=Skeleton(spec.load_service("kms"), _Kms(keys)))
    service.start()
    cloud.services.add_service(service)
