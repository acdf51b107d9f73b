"""The provider of S3 Control: one class per family of operations, merged when this module is imported."""

from __future__ import annotations

from awsim.services.s3control.access_points import AccessPoints
from awsim.services.s3control.public_access import PublicAccess
from awsim.services.s3control.resource_tags import ResourceTags

__all__ = ["AccessPoints", "PublicAccess", "ResourceTags"]
