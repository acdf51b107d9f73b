"""boto3's clients, resources and sessions of a Cloud, typed by the user's own boto3 stubs where those are installed.

Owns how they are made. To type checkers a Cloud has ``client`` and ``resource`` of boto3's Session itself, with all the
overloads that stubs (boto3-stubs, types-boto3) give them: there is no other way to say "typed as that method is".
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from boto3.session import Session
    from boto3.session import Session as _Typed

    from awsim.cloud import Cloud
else:
    _Typed = object


class Clients(_Typed):  # type: ignore[misc]  # Any, where no stubs are installed
    """What makes a Cloud's clients."""

    @functools.cached_property
    def _own_session(self) -> Session:
        return self.session()

    def session(self, **options: Any) -> Session:
        """A boto3 Session of this Cloud, with its region and harmless credentials; options as boto3's.

        Its calls are answered by this Cloud, whichever is active, and though none may be.
        """
        import boto3
        import botocore.session

        from awsim import spec
        from awsim.intercept.botocore import bind_session

        cloud = cast("Cloud", self)
        core = botocore.session.Session()
        # Models are read once per process, not once per test.
        core.register_component("data_loader", spec.session_loader(core.get_config_variable("data_path")))
        bind_session(core, cloud)
        options.setdefault("region_name", cloud.settings.region)
        if "profile_name" not in options:
            options.setdefault("aws_access_key_id", "testing")
            options.setdefault("aws_secret_access_key", "testing")
        return boto3.Session(botocore_session=core, **options)

    if not TYPE_CHECKING:

        def client(self, service_name: str, **options: Any) -> Any:
            """A boto3 client of this Cloud; options as ``boto3.client`` takes them."""
            return self._own_session.client(service_name, **options)

        def resource(self, service_name: str, **options: Any) -> Any:
            """A boto3 resource of this Cloud; options as ``boto3.resource`` takes them."""
            return self._own_session.resource(service_name, **options)
