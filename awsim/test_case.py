"""A mix-in for unittest: each test has a Cloud of its own, as ``self.aws``."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from awsim.cloud import Cloud

    _TestCase = unittest.TestCase
else:
    _TestCase = object


class AwsTestCase(_TestCase):
    """Comes before ``unittest.TestCase``, or ``IsolatedAsyncioTestCase``: ``class TestOrders(AwsTestCase, TestCase)``.

    The Cloud is there in ``setUp``, the test and ``tearDown``. What ``setUpClass`` makes, in ``self.aws`` or through
    boto3, each test has as a fork. ``aws_options`` are mock_aws's.
    """

    #: What ``mock_aws`` takes: ``aws_options = {"region": "eu-west-1"}``.
    aws_options: ClassVar[dict[str, Any]] = {}
    _aws_class_cloud: ClassVar[Cloud | None] = None

    @classmethod
    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        set_up_class = cls.__dict__.get("setUpClass")
        if set_up_class is not None:
            cls.setUpClass = classmethod(_in_class_cloud(set_up_class.__func__))  # type: ignore[assignment]  # the same

    @property
    def aws(self) -> Cloud:
        """The test's Cloud."""
        from awsim.active import require_cloud

        return require_cloud()

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test in its Cloud."""
        from awsim.mock import mock_aws

        seeded = _class_cloud(type(self))
        with mock_aws(**self.aws_options, cloud=None if seeded is None else seeded.fork()):
            return super().run(result)


def _class_cloud(cls: type[AwsTestCase]) -> Cloud | None:
    """The Cloud of a class's own setUpClass; a base class's is another's."""
    return cls.__dict__.get("_aws_class_cloud")


def _in_class_cloud(set_up_class: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(set_up_class)
    def in_cloud(cls: Any) -> None:
        from awsim.mock import mock_aws

        with mock_aws(**cls.aws_options, cloud=_class_cloud(cls)) as cloud:
            cls._aws_class_cloud = cloud
            set_up_class(cls)

    return in_cloud
