"""The provider of DynamoDB Streams."""

from __future__ import annotations

from awsim.services.dynamodbstreams.records import Records
from awsim.services.dynamodbstreams.streams import Streams

__all__ = ["Records", "Streams"]
