"""Whether a caller may do what is asked: bucket policies, ACLs, and blocks of public access.

A caller of the bucket's own account may do everything that no policy denies explicitly; mock credentials are the
account's root user. Others, and those who did not sign, need a policy or an ACL that lets them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from awsim.aws.policy.documents import parse_document
from awsim.aws.policy.evaluation import Reason, Request, Verdict, evaluate
from awsim.aws.policy.principals import Principal
from awsim.aws.policy.publicness import policy_is_public
from awsim.services.s3.access.actions import ACL_PERMISSIONS, action_of, further_actions
from awsim.services.s3.access.keys import condition_values, principal_of
from awsim.services.s3.access.points import AccessPoint, find_access_point, is_access_point
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration.grants import full_control
from awsim.services.s3.configuration.public_blocks import ALL_USERS, AUTHENTICATED_USERS, blocks
from awsim.services.s3.errors import AccessDenied, MethodNotAllowed
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.owners import ANONYMOUS_USER_ID

if TYPE_CHECKING:
    from awsim.context import RequestContext

# Deviation: the policies of callers themselves, IAM's, are not looked at, nor is for whom a service calls.
#: AWS: what a bucket owner's root user may do whatever the policy says, so that nobody is locked out (API reference of
#: PutBucketPolicy).
_ROOTS_OWN = frozenset({"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"})
#: AWS: what whoever began an upload may do with it, as the bucket's owner may (User Guide, "Multipart upload API and
#: permissions").
_INITIATORS_OWN = frozenset({"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"})
#: Actions that tell whether an object is there.
_READING = frozenset({"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAcl", "s3:GetObjectTagging"})


def needs_authorization(context: RequestContext[S3Store], bucket: Bucket) -> bool:
    """Whether there is anything to look at: most calls come from the owner of a bucket without a policy."""
    return context.request is not None and (
        bucket.configuration.policy is not None or bucket.account_id != context.account_id or not context.access_key_id
    )


def authorize(context: RequestContext[S3Store], bucket: Bucket) -> None:
    """Refuse the call if its caller may not make it. Raises AccessDenied, MethodNotAllowed."""
    if context.operation is None:
        return
    request = context.service_request or {}
    if context.operation.name == "DeleteObjects":
        return  # each of its objects is looked at by itself
    action = action_of(context.operation.name, request)
    key = request.get("Key")
    _authorize(context, bucket, action, key, request.get("VersionId"))
    for further in further_actions(context.operation.name, request):
        _authorize(context, bucket, further, key, request.get("VersionId"))
    if action in _ROOTS_OWN and bucket.account_id != context.account_id:
        # AWS: who may touch a bucket's policy but is of another account than its owner's (API reference).
        assert context.request is not None
        raise MethodNotAllowed(Method=context.request.method, ResourceType="BUCKETPOLICY")


def authorize_action(
    context: RequestContext[S3Store], bucket: Bucket, action: str, key: str | None, version_id: str | None = None
) -> None:
    """The same for one action on the bucket or, with a key, on an object. Raises AccessDenied."""
    if needs_authorization(context, bucket):
        _authorize(context, bucket, action, key, version_id)


def _authorize(
    context: RequestContext[S3Store], bucket: Bucket, action: str, key: str | None, version_id: str | None
) -> None:
    version = None
    if key is not None:
        version = bucket.objects.find(key, version_id) if version_id is not None else bucket.objects.live(key)
    judge = _Judge(context, bucket, version)
    if action in _INITIATORS_OWN and judge.is_initiator():
        judge.is_own = True
    refusal = judge.refusal(action, key)
    if refusal is not None:
        raise refusal
    if action in _READING and version is None and not judge.is_own:
        # AWS: whoever may not list a bucket is not told that an object is missing.
        refusal = judge.refusal("s3:ListBucket", None)
        if refusal is not None:
            raise refusal


def check_object_owner(context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion) -> None:
    """Refuse a bucket's owner an object that somebody else put there and keeps to themselves. Raises AccessDenied.

    AWS: an object belongs to who writes it, where the bucket's owner does not own all (User Guide, "Object ownership").
    """
    if context.request is None or bucket.configuration.acls_disabled or context.operation is None:
        return
    action = action_of(context.operation.name, context.service_request or {})
    if bucket.account_id != context.account_id or action not in ACL_PERMISSIONS or not context.access_key_id:
        return
    if not _Judge(context, bucket, version).acl_allows(action):
        raise AccessDenied


def may(context: RequestContext[S3Store], bucket: Bucket, action: str, key: str, version_id: str | None = None) -> bool:
    """Whether the caller may do something to an object."""
    try:
        authorize_action(context, bucket, action, key, version_id)
    except AccessDenied:
        return False
    return True


class _Judge:
    def __init__(self, context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion | None) -> None:
        self._context = context
        self._bucket = bucket
        self._version = version
        self._principal: Principal = principal_of(context)
        self.is_own = not self._principal.is_anonymous and bucket.account_id == context.account_id
        self._values = condition_values(context, self._principal, bucket, version)
        self._point: AccessPoint | None = None
        named = (context.service_request or {}).get("Bucket", "")
        if is_access_point(named):
            point = self._point = find_access_point(context, named)
            self._values["s3:dataaccesspointarn"] = point.arn
            self._values["s3:dataaccesspointaccount"] = point.account_id
            self._values["s3:accesspointnetworkorigin"] = point.network_origin

    def is_initiator(self) -> bool:
        """Whether the caller began the upload that the request is for."""
        upload_id = (self._context.service_request or {}).get("UploadId", "")
        upload = self._bucket.uploads.in_progress.get(upload_id)
        if upload is None or self._principal.is_anonymous:
            return False
        return upload.initiator_id in (self._principal.canonical_user_id, self._principal.arn)

    def refusal(self, action: str, key: str | None) -> AccessDenied | None:
        """Why an action is not to be done; None where it may be."""
        bucket = self._bucket
        resource = bucket.arn(self._context.partition) + (f"/{key}" if key is not None else "")
        if bucket.zone is not None:
            action = "s3express:CreateSession" if key is not None else action.replace("s3:", "s3express:")
            resource = bucket.arn(self._context.partition)
        verdict = Verdict.SILENT
        policy = bucket.configuration.policy
        if policy is not None:
            request = Request(principal=self._principal, action=action, resource=resource, values=self._values)
            verdict = evaluate(parse_document(policy), request)
        if self._point is not None:
            verdict = self._with_access_point(verdict, action, key)
        if verdict is Verdict.DENIED and not (self.is_own and self._principal.is_root and action in _ROOTS_OWN):
            return self._denied(action, resource)
        if self.is_own:
            return None
        if verdict is Verdict.ALLOWED and not self._is_restricted(policy):
            return self._payment_refusal()
        return self._payment_refusal() if self.acl_allows(action) else AccessDenied()

    def _with_access_point(self, verdict: Verdict, action: str, key: str | None) -> Verdict:
        """The bucket's verdict and its access point's, both of which must allow, and either of which may deny."""
        assert self._point is not None
        if verdict is Verdict.DENIED or self._point.policy is None:
            return verdict if self.is_own or verdict is Verdict.DENIED else Verdict.SILENT
        resource = self._point.arn + (f"/object/{key}" if key is not None else "")
        request = Request(principal=self._principal, action=action, resource=resource, values=self._values)
        own = evaluate(parse_document(self._point.policy), request)
        if own is Verdict.DENIED:
            return own
        return verdict if own is Verdict.ALLOWED or self.is_own else Verdict.SILENT

    def _denied(self, action: str, resource: str) -> AccessDenied:
        if not self.is_own:
            # AWS: others are not told why (User Guide, "Troubleshoot access denied errors").
            return AccessDenied()
        return AccessDenied(
            f"User: {self._principal.arn} is not authorized to perform: {action} on resource: "
            f'"{resource}" {Reason.RESOURCE_DENIES.value}'
        )

    def _is_restricted(self, policy: str | None) -> bool:
        """Whether what lets in is a public policy, which a block of public access keeps to the owner's account."""
        assert policy is not None
        return policy_is_public(json.loads(policy)) and blocks(self._context, self._bucket, "RestrictPublicBuckets")

    def _payment_refusal(self) -> AccessDenied | None:
        # AWS: where the requester pays, callers from elsewhere must sign and say that they know.
        if self._bucket.configuration.payer != "Requester":
            return None
        says_so = (self._context.service_request or {}).get("RequestPayer") == "requester"
        if not says_so or self._principal.is_anonymous:
            return AccessDenied()
        answer_with(self._context, {"x-amz-request-charged": "requester"})
        return None

    def acl_allows(self, action: str) -> bool:
        """Whether an ACL, of the object or of the bucket, lets the caller."""
        permission, on_object = ACL_PERMISSIONS.get(action, ("", False))
        if not permission or self._bucket.configuration.acls_disabled:
            return False
        grants: list[Any] | None
        if on_object:
            if self._version is None:
                return False
            owner, grants = self._version.account_id, self._version.grants
        else:
            owner, grants = self._bucket.account_id, self._bucket.configuration.grants
        ignores_public = blocks(self._context, self._bucket, "IgnorePublicAcls")
        for grant in grants if grants is not None else [full_control(owner)]:
            if grant["Permission"] not in (permission, "FULL_CONTROL"):
                continue
            grantee = grant["Grantee"]
            uri = grantee.get("URI")
            if uri == ALL_USERS and not ignores_public:
                return True
            if self._principal.is_anonymous:
                if grantee.get("ID") == ANONYMOUS_USER_ID:
                    return True
                continue
            if uri == AUTHENTICATED_USERS and not ignores_public:
                return True
            if grantee.get("ID") == self._principal.canonical_user_id:
                return True
        return False
