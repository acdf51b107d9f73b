"""The operations that tell of identities and hand nothing out."""

from __future__ import annotations

from typing import Any

from awsim.aws.credentials import CredentialStore, account_of_access_key
from awsim.context import RequestContext
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sts import authorization_message
from awsim.services.sts.errors import ValidationError, errors
from awsim.services.sts.models import StsStore
from awsim.services.sts.sessions import refuse_limited_session


@aws_provider(api="sts")
class Identity(ServiceProvider[StsStore]):
    service = "sts"
    store = StsStore

    def get_caller_identity(self, context: RequestContext[StsStore]) -> dict[str, Any]:
        credentials = context.credentials
        user_id = credentials.user_id if credentials else context.account_id
        return {"UserId": user_id, "Account": context.account_id, "Arn": context.principal_arn}

    def get_access_key_info(self, context: RequestContext[StsStore], *, access_key_id: str) -> dict[str, Any]:
        refuse_limited_session(context)
        known = context.cloud.store(CredentialStore, "", context.region).keys.get(access_key_id)
        # AWS: a key need not exist, since its id carries the account.
        account_id = known.account_id if known else account_of_access_key(access_key_id)
        if account_id is None:
            # Deviation: AWS's wording for an id that carries no account is not known to us.
            raise ValidationError(f"{access_key_id} is invalid")
        return {"Account": account_id}

    def decode_authorization_message(
        self, context: RequestContext[StsStore], *, encoded_message: str
    ) -> dict[str, Any]:
        refuse_limited_session(context)
        try:
            return {"DecodedMessage": authorization_message.decode(encoded_message)}
        except ValueError:
            raise errors.InvalidAuthorizationMessageException("Message is not valid") from None
