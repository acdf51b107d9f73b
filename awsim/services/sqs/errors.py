"""The errors of SQS with the codes of its query protocol, which it still answers in both protocols.

AWS: botocore's model has only the shapes' names. SQS keeps sending the older codes in the ``x-amzn-query-error``
header, and SDKs show those (recorded: ``AWS.SimpleQueueService.NonExistentQueue`` for ``QueueDoesNotExist``).
Owns names and statuses only; the messages belong to whoever raises them.
"""

from __future__ import annotations

from awsim.errors import ModeledException


class _SqsError(ModeledException):
    status_code = 400
    sender_fault = True

    def __init_subclass__(cls) -> None:
        cls.shape_name = cls.__dict__.get("shape_name", cls.__name__)
        cls.code = cls.__dict__.get("code", cls.shape_name)


class QueueDoesNotExist(_SqsError):
    code = "AWS.SimpleQueueService.NonExistentQueue"

    def __init__(self, message: str = "The specified queue does not exist.") -> None:
        super().__init__(message)


class QueueNameExists(_SqsError):
    code = "QueueAlreadyExists"


class QueueDeletedRecently(_SqsError):
    code = "AWS.SimpleQueueService.QueueDeletedRecently"


class PurgeQueueInProgress(_SqsError):
    code = "AWS.SimpleQueueService.PurgeQueueInProgress"
    status_code = 403


class OverLimit(_SqsError):
    status_code = 403


class EmptyBatchRequest(_SqsError):
    code = "AWS.SimpleQueueService.EmptyBatchRequest"


class TooManyEntriesInBatchRequest(_SqsError):
    code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"


class BatchEntryIdsNotDistinct(_SqsError):
    code = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"


class InvalidBatchEntryId(_SqsError):
    code = "AWS.SimpleQueueService.InvalidBatchEntryId"


class BatchRequestTooLong(_SqsError):
    code = "AWS.SimpleQueueService.BatchRequestTooLong"


class UnsupportedOperation(_SqsError):
    code = "AWS.SimpleQueueService.UnsupportedOperation"


class ReceiptHandleIsInvalid(_SqsError):
    # AWS: 404 although the API reference says 400, as SDKs' issue trackers show it ("Status Code: 404; Error Code:
    # ReceiptHandleIsInvalid").
    status_code = 404


class ResourceNotFoundException(_SqsError):
    # AWS: recorded as 404 although the model gives no status.
    status_code = 404


class InvalidAddress(_SqsError):
    status_code = 404


class InvalidMessageContents(_SqsError):
    pass


class InvalidAttributeName(_SqsError):
    pass


class InvalidAttributeValue(_SqsError):
    pass


class InvalidParameterValue(_SqsError):
    """Not in the model: AWS answers it in json with the type ``InvalidParameterValueException``."""

    shape_name = "InvalidParameterValueException"
    code = "InvalidParameterValue"


class MissingParameter(_SqsError):
    """Not in the model: AWS answers it in json with the type ``MissingRequiredParameterException``."""

    shape_name = "MissingRequiredParameterException"
    code = "MissingParameter"
