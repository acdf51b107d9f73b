"""The provider classes of bucket configurations, one per family."""

from __future__ import annotations

from awsim.services.s3.configuration.abac import Abac
from awsim.services.s3.configuration.acceleration import Acceleration
from awsim.services.s3.configuration.access_logging import AccessLogging
from awsim.services.s3.configuration.acl import Acl
from awsim.services.s3.configuration.analytics import Analytics
from awsim.services.s3.configuration.bucket_policy import BucketPolicy
from awsim.services.s3.configuration.bucket_tags import BucketTags
from awsim.services.s3.configuration.cors import Cors
from awsim.services.s3.configuration.encryption import Encryption
from awsim.services.s3.configuration.event_delivery import EventDelivery
from awsim.services.s3.configuration.intelligent_tiering import IntelligentTiering
from awsim.services.s3.configuration.inventory import Inventory
from awsim.services.s3.configuration.lifecycle import Lifecycle
from awsim.services.s3.configuration.metadata import Metadata
from awsim.services.s3.configuration.metrics import Metrics
from awsim.services.s3.configuration.notification import Notification
from awsim.services.s3.configuration.object_lock import ObjectLock
from awsim.services.s3.configuration.ownership import Ownership
from awsim.services.s3.configuration.public_access import PublicAccess
from awsim.services.s3.configuration.replication import Replication
from awsim.services.s3.configuration.request_payment import RequestPayment
from awsim.services.s3.configuration.versioning import Versioning
from awsim.services.s3.configuration.website import Website

__all__ = [
    "Abac",
    "Acceleration",
    "AccessLogging",
    "Acl",
    "Analytics",
    "BucketPolicy",
    "BucketTags",
    "Cors",
    "Encryption",
    "EventDelivery",
    "IntelligentTiering",
    "Inventory",
    "Lifecycle",
    "Metadata",
    "Metrics",
    "Notification",
    "ObjectLock",
    "Ownership",
    "PublicAccess",
    "Replication",
    "RequestPayment",
    "Versioning",
    "Website",
]
