"""The errors of DynamoDB that its model lacks.

Owns their names and statuses; the messages belong to whoever raises them. What the model has is
``service_errors("dynamodb")``.
"""

from __future__ import annotations

from awsim.errors import ModeledException, service_errors

errors = service_errors("dynamodb")


class ValidationException(ModeledException):
    """What every refused parameter is answered with."""

    code = "ValidationException"
    status_code = 400
    sender_fault = True
    # AWS: not in DynamoDB's namespace but in that of the framework which checks inputs; so it stands in ``__type``.
    shape_name = "com.amazon.coral.validate#ValidationException"


def invalid_parameter_values(reason: str) -> ValidationException:
    """The error "One or more parameter values were invalid: …", as most refusals of items begin."""
    return ValidationException(f"One or more parameter values were invalid: {reason}")
