"""The account's block of public access. S3 heeds it when it is asked to make something public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3control.callers import check_account
from awsim.services.s3control.errors import NoSuchPublicAccessBlockConfiguration
from awsim.services.s3control.models import AccountStore, every_setting

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3control")
class PublicAccess(ServiceProvider[AccountStore]):
    service = "s3control"
    store = AccountStore

    def put_public_access_block(
        self,
        context: RequestContext[AccountStore],
        *,
        account_id: str,
        public_access_block_configuration: Mapping[str, Any],
    ) -> None:
        check_account(context, account_id)
        context.store.public_access_block = every_setting(dict(public_access_block_configuration))

    def get_public_access_block(self, context: RequestContext[AccountStore], *, account_id: str) -> dict[str, Any]:
        check_account(context, account_id)
        if context.store.public_access_block is None:
            raise NoSuchPublicAccessBlockConfiguration(AccountId=account_id)
        return {"PublicAccessBlockConfiguration": context.store.public_access_block}

    def delete_public_access_block(self, context: RequestContext[AccountStore], *, account_id: str) -> None:
        check_account(context, account_id)
        context.store.public_access_block = None
