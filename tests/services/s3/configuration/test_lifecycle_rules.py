"""The rules of lifecycles, as functions of time and size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from awsim.services.s3.configuration.lifecycle_rules import (
    DAY_SECONDS,
    matches,
    midnight_after,
    noncurrent_expires_at,
    storage_class_at,
)

moments = st.floats(0, 4e9)
days = st.integers(0, 5_000)


@given(moments, days)
def test_due_is_the_first_midnight_behind_the_days(moment, days):
    due = midnight_after(moment, days)
    assert due % DAY_SECONDS == 0
    assert days * DAY_SECONDS < due - moment + 1e-3
    assert due - moment <= (days + 1) * DAY_SECONDS


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_sizes_are_between_the_bounds(size, least, most):
    rule = {"Filter": {"And": {"ObjectSizeGreaterThan": least, "ObjectSizeLessThan": most}}}
    assert matches(rule, "key", size, None) == (least < size < most)


@given(moments, st.lists(st.tuples(days, st.sampled_from(["GLACIER", "DEEP_ARCHIVE", "STANDARD_IA"])), max_size=4))
def test_an_object_is_in_the_class_of_the_last_move(moment, moves):
    rule = {
        "Filter": {"ObjectSizeGreaterThan": 0},
        "Transitions": [{"Days": after, "StorageClass": storage_class} for after, storage_class in moves],
    }
    now = moment + 1_000 * DAY_SECONDS
    due = sorted(move for move in moves if midnight_after(moment, move[0]) <= now)
    assert storage_class_at(rule, moment, 1, "", now) == (due[-1][1] if due else None)


@given(moments, st.integers(0, 10), st.integers(0, 10))
def test_the_newest_noncurrent_versions_are_kept(moment, kept, above):
    rule = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": kept}}
    assert (noncurrent_expires_at(rule, moment, above) is None) == (above < kept)
