"""Filters of notifications, held against keys one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from awsim.services.s3.configuration.event_filters import KeyFilter, covers, share_an_event

texts = st.text("ab", max_size=3)
filters = st.builds(KeyFilter, st.none() | texts, st.none() | texts)
EVENTS = ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy", "s3:ObjectRemoved:Delete"]
event_types = st.sampled_from([*EVENTS, "s3:ObjectCreated:*", "s3:ObjectRemoved:*"])


@given(filters, st.text("ab", max_size=8))
def test_a_filter_takes_keys_with_its_prefix_and_its_suffix(filter, key):
    prefix, suffix = filter.prefix or "", filter.suffix or ""
    assert filter.matches(key) == (key[: len(prefix)] == prefix and key[len(key) - len(suffix) :] == suffix)


@given(filters, filters)
def test_filters_overlap_where_a_key_passes_both(one, other):
    longest = max(one.prefix or "", other.prefix or "", key=len) + max(one.suffix or "", other.suffix or "", key=len)
    overlap = one.prefixes_overlap(other) and one.suffixes_overlap(other)
    assert (one.matches(longest) and other.matches(longest)) == overlap


@given(filters, filters, st.text("ab", max_size=8))
def test_filters_that_do_not_overlap_have_no_key_in_common(one, other, key):
    if one.matches(key) and other.matches(key):
        assert one.prefixes_overlap(other)
        assert one.suffixes_overlap(other)


@given(st.lists(event_types, max_size=3), st.lists(event_types, max_size=3))
def test_lists_share_an_event_where_one_is_for_both(one, other):
    both = any(
        any(covers(configured, event) for configured in one) and any(covers(configured, event) for configured in other)
        for event in EVENTS
    )
    assert share_an_event(one, other) == both
