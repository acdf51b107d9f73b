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

    The Cloud is there in ``setUp``, the test and ``tearDown``. What ``setUpClass`` makes through boto3, each test has
    as a fork; ``tearDownClass`` finds what ``setUpClass`` left. ``aws_options`` are mock_aws's.
    """

    #: What ``mock_aws`` takes: ``aws_options = {"region": "eu-west-1"}``.
    aws_options: ClassVar[dict[str, Any]] = {}
    _aws_class_cloud: ClassVar[Cloud | None] = None
    #: The test's Cloud, for the report of its failure.
    _awsim_cloud: Cloud

    @classmethod
    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        bases = cls.__mro__
        if unittest.TestCase in bases and bases.index(unittest.TestCase) < bases.index(AwsTestCase):
            # Its tests would run without a Cloud, and reach AWS.
            raise _misuse(f"AwsTestCase comes before TestCase: class {cls.__name__}(AwsTestCase, TestCase)")
        for name, begins in (("setUpClass", True), ("tearDownClass", False)):
            method = cls.__dict__.get(name)
            if method is not None:
                setattr(cls, name, classmethod(_in_class_cloud(method.__func__, begins)))

    @property
    def aws(self) -> Cloud:
        """The test's Cloud."""
        from awsim.active import require_cloud

        if not isinstance(self, unittest.TestCase):
            raise _misuse(f"AwsTestCase goes with a TestCase: class {type(self).__name__}(AwsTestCase, TestCase)")
        return require_cloud()

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test in its Cloud."""
        from awsim.mock import mock_aws

        seeded = _class_cloud(type(self))
        with mock_aws(**self.aws_options, cloud=None if seeded is None else seeded.fork()) as self._awsim_cloud:
            return super().run(result)


def _class_cloud(cls: type[AwsTestCase]) -> Cloud | None:
    """The Cloud of a class's own setUpClass; a base class's is another's."""
    return cls.__dict__.get("_aws_class_cloud")


def _in_class_cloud(method: Callable[[Any], None], begins: bool) -> Callable[[Any], None]:
    """A class's set-up, which begins its Cloud anew with each run of the class, or its tear-down."""

    @functools.wraps(method)
    def in_cloud(cls: Any) -> None:
        from awsim.active import current_cloud
        from awsim.mock import mock_aws

        cloud = _class_cloud(cls)
        if begins and current_cloud() is not cloud:  # else it is a base class's, called by the class's own
            cloud = None
        with mock_aws(**cls.aws_options, cloud=cloud) as cls._aws_class_cloud:
            method(cls)

    return in_cloud


def _misuse(message: str) -> Exception:
    from awsim.errors import MisuseError

    return MisuseError(message)
