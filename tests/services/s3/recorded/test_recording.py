"""How answers are compared with recorded ones, so that no difference is overlooked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from .recording import Recording, xml


def differs(recorded: Any, *ours: Any) -> bool:
    """Whether one of our answers, told one after the other, is not the recorded one."""
    recording = Recording("test", {"answer": recorded})
    try:
        for answer in ours:
            recording.equals("answer", answer)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize(
    ("recorded", "ours"),
    [
        ({"Key": "cat", "Size": 3}, {"Key": "cat", "Size": 3}),
        ({"Bucket": "<bucket:1>", "Arn": "arn:<partition>:s3:::<bucket:1>"}, {"Bucket": "b", "Arn": "arn:aws:s3:::b"}),
        ({"LastModified": "datetime"}, {"LastModified": dt.datetime(2024, 1, 1)}),
        ({"UploadId": "upload-id"}, {"UploadId": "1234"}),
        ({"Headers": {"ETag": "1"}}, {"Headers": {"etag": "1"}}),
        ({"Page": "<html><h1><name:1></h1></html>"}, {"Page": "<html><h1>cat</h1></html>"}),
    ],
)
def test_what_stands_for_a_value_takes_any(recorded: Any, ours: Any):
    assert not differs(recorded, ours)


@pytest.mark.parametrize(
    ("recorded", "ours"),
    [
        ({"Key": "cat"}, {"Key": "dog"}),
        ({"Key": "cat"}, {"Key": "cat", "Size": 3}),
        ({"Key": "cat", "Size": 3}, {"Key": "cat"}),
        ({"Keys": ["a", "b"]}, {"Keys": ["b", "a"]}),
        ({"Keys": ["a"]}, {"Keys": ["a", "a"]}),
        ({"Size": 3}, {"Size": "3"}),
        ({"LastModified": "datetime"}, {"LastModified": "2024-01-01"}),
        ({"One": "<bucket:1>", "Other": "<bucket:1>"}, {"One": "a", "Other": "b"}),
        ({"One": "<bucket:1>", "Other": "<bucket:2>"}, {"One": "a", "Other": "a"}),
        ({"Both": "<bucket:1>-<bucket:2>"}, {"Both": "a-a"}),
        ({"Page": "<html>"}, {"Page": "cat"}),
    ],
)
def test_every_other_difference_is_told(recorded: Any, ours: Any):
    assert differs(recorded, ours)


def test_one_name_stands_for_one_value_in_all_answers():
    assert differs({"Bucket": "<bucket:1>"}, {"Bucket": "a"}, {"Bucket": "b"})


def test_content_that_was_not_recorded_is_said_once():
    recording = Recording("test", {"answer": {"ETag": "1234"}})
    recording.unknown("1234", "5678")
    recording.equals("answer", {"ETag": "5678"})


def test_a_document_is_told_by_its_elements():
    assert xml('<List xmlns="urn:a"><Key>a</Key><Key>b</Key><Marker/></List>') == {
        "List": {"@xmlns": "urn:a", "Key": ["a", "b"], "Marker": None}
    }
