"""Errors that any service may answer and that most models leave out.

Owns their codes, statuses and AWS's wording, from the "Common Errors" page of AWS's API references and from the codes
that botocore retries. A service's own model goes first.
"""

from __future__ import annotations

from typing import NamedTuple


class CommonError(NamedTuple):
    """An error's HTTP status and what AWS says with it."""

    status_code: int
    message: str


_RATE = "Rate exceeded"

#: Code -> the error.
COMMON_ERRORS: dict[str, CommonError] = {
    "AccessDenied": CommonError(403, "Access Denied"),
    "AccessDeniedException": CommonError(400, "You do not have sufficient access to perform this action."),
    "ExpiredToken": CommonError(403, "The security token included in the request is expired"),
    "ExpiredTokenException": CommonError(403, "The security token included in the request is expired"),
    "IncompleteSignature": CommonError(403, "The request signature does not conform to AWS standards."),
    "InternalError": CommonError(500, "An internal error has occurred"),
    "InternalFailure": CommonError(
        500, "The request processing has failed because of an unknown error, exception or failure."
    ),
    "InternalServerError": CommonError(500, "Internal server error"),
    "InvalidClientTokenId": CommonError(403, "The security token included in the request is invalid."),
    "OptInRequired": CommonError(403, "The AWS access key ID needs a subscription for the service."),
    "RequestExpired": CommonError(400, "Request has expired."),
    "RequestLimitExceeded": CommonError(503, "Request limit exceeded."),
    "RequestTimeout": CommonError(
        400,
        "Your socket connection to the server was not read from or written to within the timeout period."
        " Idle connections will be closed.",
    ),
    "RequestTimeoutException": CommonError(408, "Request timed out"),
    "ServiceUnavailable": CommonError(503, "The request has failed due to a temporary failure of the server."),
    "SlowDown": CommonError(503, "Please reduce your request rate."),
    "Throttling": CommonError(400, _RATE),
    "ThrottlingException": CommonError(400, _RATE),
    "TooManyRequestsException": CommonError(429, _RATE),
    "UnrecognizedClientException": CommonError(400, "The security token included in the request is invalid."),
    "ValidationError": CommonError(400, "The input fails to satisfy the constraints specified by an AWS service."),
}

#: What a bare HTTP status means.
CODE_BY_STATUS = {
    403: "AccessDenied",
    429: "TooManyRequestsException",
    500: "InternalFailure",
    503: "ServiceUnavailable",
}
