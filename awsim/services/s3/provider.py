"""The provider of S3: one class per family of operations, merged into one service when this module is imported."""

from __future__ import annotations

from awsim.services.s3.configuration import provider as configuration
from awsim.services.s3.operations.annotations import Annotations
from awsim.services.s3.operations.attributes import Attributes
from awsim.services.s3.operations.buckets import Buckets
from awsim.services.s3.operations.copying import Copying
from awsim.services.s3.operations.deleting import Deleting
from awsim.services.s3.operations.directory_buckets import DirectoryBuckets
from awsim.services.s3.operations.encryption_updates import EncryptionUpdates
from awsim.services.s3.operations.multipart_uploads import MultipartUploads
from awsim.services.s3.operations.object_acls import ObjectAcls
from awsim.services.s3.operations.object_listing import ObjectListing
from awsim.services.s3.operations.object_locks import ObjectLocks
from awsim.services.s3.operations.object_tagging import ObjectTagging
from awsim.services.s3.operations.parts import Parts
from awsim.services.s3.operations.reading import Reading
from awsim.services.s3.operations.restoring import Restoring
from awsim.services.s3.operations.retired import Retired
from awsim.services.s3.operations.selecting import Selecting
from awsim.services.s3.operations.upload_listing import UploadListing
from awsim.services.s3.operations.version_listing import VersionListing
from awsim.services.s3.operations.writing import Writing
from awsim.services.s3.plain_http import PlainHttp

__all__ = [
    "Annotations",
    "Attributes",
    "Buckets",
    "Copying",
    "Deleting",
    "DirectoryBuckets",
    "EncryptionUpdates",
    "MultipartUploads",
    "ObjectAcls",
    "ObjectListing",
    "ObjectLocks",
    "ObjectTagging",
    "Parts",
    "PlainHttp",
    "Reading",
    "Restoring",
    "Retired",
    "Selecting",
    "UploadListing",
    "VersionListing",
    "Writing",
    "configuration",
]
