"""Access points of S3 Control, as recorded."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ACCOUNT, unchecked_client
from .recording import Recording, recorded

FILE = "s3control/test_s3control.json"


@pytest.fixture
def control(cloud: Any) -> Any:
    return unchecked_client("s3control")


@pytest.fixture
def create(s3: Any, control: Any) -> Any:
    """Make an access point, and its bucket where there is none yet."""

    def create(name: str, bucket: str, **members: Any) -> Any:
        s3.create_bucket(Bucket=bucket)
        return control.create_access_point(AccountId=ACCOUNT, Name=name, Bucket=bucket, **members)

    return create


@recorded(FILE, "TestS3ControlAccessPoint::test_access_point_already_exists")
def test_a_name_that_one_has_already_is_refused(create, recording: Recording):
    create("photos-point", "photos")
    recording.refuses("access-point-already-exists", create, name="photos-point", bucket="photos")


@recorded(FILE, "TestS3ControlAccessPoint::test_access_point_name_validation")
def test_a_name_that_breaks_the_rules_is_no_part_of_a_uri(create, recording: Recording):
    recording.refuses("access-point-name-too-short", create, name="sa", bucket="photos")
    recording.refuses("access-point-wrong-naming", create, name="xn-_test-alias", bucket="photos")


@recorded(FILE, "TestS3ControlAccessPoint::test_access_point_lifecycle")
def test_an_access_point_is_told_until_it_is_deleted(control, create, recording: Recording):
    create("videos-point", "videos")
    account = {"AccountId": ACCOUNT}
    point = {**account, "Name": "photos-point"}
    recording.equals("list-access-points-start", control.list_access_points(**account))
    recording.equals("create-access-point", create("photos-point", "photos"))
    recording.equals("get-access-point", control.get_access_point(**point))
    recording.equals("list-access-points-after-create", control.list_access_points(**account))
    recording.equals("delete-access-point", control.delete_access_point(**point))
    recording.equals("list-access-points-after-delete", control.list_access_points(**account))
    recording.refuses("get-delete-access-point", control.get_access_point, **point)
    recording.refuses("delete-already-deleted-access-point", control.delete_access_point, **point)


@recorded(FILE, "TestS3ControlAccessPoint::test_access_point_pagination")
def test_access_points_are_listed_by_name_in_pages(control, create, recording: Recording):
    recording.equals("create-access-point-0", create("b-point", "photos"))
    recording.equals("create-access-point-1", create("a-point", "photos"))
    recording.equals("create-access-point-2", create("c-point", "videos"))
    create("d-point", "songs")
    recording.equals("list-all", control.list_access_points(AccountId=ACCOUNT))
    recording.equals("list-by-bucket", control.list_access_points(AccountId=ACCOUNT, Bucket="photos"))
    page: dict[str, Any] = {}
    for name in ("list-one-max", "list-one-next", "list-one-next-2"):
        found = control.list_access_points(AccountId=ACCOUNT, MaxResults=1, **page)
        recording.equals(name, found)
        page = {"NextToken": found["NextToken"]}


@recorded(FILE, "TestS3ControlAccessPoint::test_access_point_public_access_block_configuration")
def test_what_is_not_said_of_public_access_is_allowed_unless_nothing_is_said(control, create, recording: Recording):
    said: dict[str, Any] = {
        "empty-pabc": {},
        "partial-pabc": {"BlockPublicAcls": False},
        "partial-true-pabc": {"BlockPublicAcls": True},
        "pabc-not-set": None,
    }
    for letter, (name, configuration) in zip("abcd", said.items(), strict=True):
        members = {} if configuration is None else {"PublicAccessBlockConfiguration": configuration}
        recording.equals(f"put-ap-{name}", create(f"{letter}-point", "photos", **members))
        point = control.get_access_point(AccountId=ACCOUNT, Name=f"{letter}-point")
        recording.equals(f"get-ap-{name}", point)
    create("e-point", "videos")
    recording.equals("list-access-points", control.list_access_points(AccountId=ACCOUNT))
