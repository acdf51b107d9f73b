"""Modelled errors as exceptions: code, status and fault are the model's."""

from __future__ import annotations

import pytest

from awsim.errors import ServiceException, service_errors


def test_an_error_takes_code_status_and_fault_from_the_model() -> None:
    error = service_errors("sts").ExpiredTokenException("too late")
    assert (error.code, error.status_code, error.sender_fault, error.message) == (
        "ExpiredTokenException",
        400,
        True,
        "too late",
    )


def test_a_fault_of_the_service_is_not_the_senders() -> None:
    error = service_errors("dynamodb").InternalServerError
    assert (error.code, error.status_code, error.sender_fault) == ("InternalServerError", 500, False)


def test_an_error_class_is_one_per_service() -> None:
    assert service_errors("kms").NotFoundException is service_errors("kms").NotFoundException
    assert issubclass(service_errors("kms").NotFoundException, ServiceException)


def test_a_name_that_the_model_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="^sqs models no error named 'Nonsense'$"):
        _ = service_errors("sqs").Nonsense
    with pytest.raises(AttributeError, match="^sqs models no error named 'Message'$"):
        _ = service_errors("sqs").Message
