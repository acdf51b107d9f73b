"""Forms in which nothing is encoded are split by hand, and as the standard library would."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from awsim.protocol.http import Request
from awsim.protocol.query import form_fields

forms = st.text(alphabet="ab=&.;1 é", max_size=20)


@given(forms, forms)
def test_a_plain_form_is_split_as_the_standard_library_does(query_string: str, body: str) -> None:
    request = Request("POST", "/", query_string, None, body.encode())
    expected = [pair for text in (query_string, body) for pair in parse_qsl(text, keep_blank_values=True)]
    assert list(form_fields(request)) == expected
