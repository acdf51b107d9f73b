"""The errors of STS: those of its model, as ``errors.<Shape>``, and the codes that the model lacks."""

from __future__ import annotations

from awsim.errors import ModeledException, service_errors

errors = service_errors("sts")


class AccessDenied(ModeledException):
    code = "AccessDenied"
    status_code = 403


class InvalidAction(ModeledException):
    code = "InvalidAction"


class InvalidParameterValue(ModeledException):
    code = "InvalidParameterValue"


class ValidationError(ModeledException):
    code = "ValidationError"
