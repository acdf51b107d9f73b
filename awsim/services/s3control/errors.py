"""The errors of S3 Control that botocore's model lacks, or of which it lacks what never varies."""

from __future__ import annotations

from typing import Any

from awsim.errors import ModeledException


class S3ControlError(ModeledException):
    """Base: the code is the class's name and the message the class's own, unless they say otherwise."""

    default_message = ""

    def __init_subclass__(cls) -> None:
        cls.code = cls.__name__

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(message or self.default_message, **members)


class NoSuchPublicAccessBlockConfiguration(S3ControlError):
    status_code = 404
    default_message = "The public access block configuration was not found"


class NoSuchAccessPoint(S3ControlError):
    status_code = 404
    default_message = "The specified accesspoint does not exist"


class NoSuchAccessPointPolicy(S3ControlError):
    status_code = 404
    default_message = "The specified accesspoint policy does not exist"


class AccessPointAlreadyOwnedByYou(S3ControlError):
    status_code = 409
    default_message = "Your previous request to create the named accesspoint succeeded and you already own it."


class NoSuchBucket(S3ControlError):
    status_code = 404
    default_message = "The specified bucket does not exist"


class NoSuchResource(S3ControlError):
    status_code = 404
    default_message = "The specified resource doesn't exist."


class AccessDenied(S3ControlError):
    status_code = 403
    default_message = "Access Denied"


class InvalidURI(S3ControlError):
    default_message = "Couldn't parse the specified URI."


class InvalidArgument(S3ControlError):
    pass


class InvalidTag(S3ControlError):
    pass


class MalformedPolicy(S3ControlError):
    default_message = "Policies must be valid JSON and the first byte must be '{'"
