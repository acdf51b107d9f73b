"""The readers of what strangers send, by properties: whatever it is, it is read or refused as AWS refuses."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim.errors import ServiceException
from awsim.services.sts import authorization_message
from awsim.services.sts.saml import read_assertion
from awsim.services.sts.session_policies import packed_policy_size, read_session_policies
from awsim.services.sts.web_identity_token import read_web_identity, write_token

from .assertions import encoded, response
from .conftest import base64url, web_token

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
REFUSALS = {
    "IDPRejectedClaim",
    "InvalidIdentityToken",
    "MalformedPolicyDocument",
    "PackedPolicyTooLarge",
    "ValidationError",
}


@pytest.fixture(autouse=True)
def transport():
    """These call no service, so once is enough."""


def read_or_refused(read, *arguments):
    """What was read; None if it was refused. Any other exception fails the test."""
    try:
        return read(*arguments)
    except ServiceException as error:
        refusal = error
    assert refusal.code in REFUSALS
    assert refusal.message
    assert refusal.status_code in (400, 403)
    return None


@st.composite
def damaged(draw, text):
    """A text with a part left out, or replaced by something else."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 40)))
    return text[:start] + draw(st.text(string.printable + "é\ud800\x00", max_size=8)) + text[end:]


@settings(deadline=None)
@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_an_authorization_message_that_was_encoded_is_decoded(details):
    message = authorization_message.encode(details)
    assert set(message) <= set(string.ascii_letters + string.digits + "-_")
    assert authorization_message.decode(message) == json.dumps(details, separators=(",", ":"))


@settings(deadline=None)
@given(damaged(authorization_message.encode({"allowed": False, "context": {"action": "ec2:RunInstances"}})))
def test_an_authorization_message_that_was_damaged_is_refused(message):
    if message != authorization_message.encode({"allowed": False, "context": {"action": "ec2:RunInstances"}}):
        with pytest.raises(ValueError, match=r"."):
            authorization_message.decode(message)


def test_an_authorization_message_that_would_fill_the_memory_is_refused():
    message = authorization_message.encode({"x": "0" * (2 << 20)})
    assert len(message) < 10_240
    with pytest.raises(ValueError, match="truncated, or more than a message"):
        authorization_message.decode(message)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_an_assertion_or_refused(raw):
    assert read_or_refused(read_assertion, encoded(raw)) is None


@settings(deadline=None, max_examples=300)
@given(damaged(response()))
def test_a_damaged_response_is_read_or_refused(document):
    assertion = read_or_refused(read_assertion, encoded(document.encode("utf-8", "surrogatepass")))
    if assertion is not None:
        assert assertion.issuer.isprintable()
        assert assertion.subject.isprintable()


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_an_assertion_or_refused(text):
    assert read_or_refused(read_assertion, text) is None


@settings(deadline=None)
@given(
    st.text(max_size=300) | st.builds(lambda parts: ".".join(map(base64url, parts)), st.lists(st.binary(), max_size=4))
)
def test_any_text_is_a_token_or_refused(text):
    assert read_or_refused(read_web_identity, text) is None


CLAIMS = {"iss": "https://idp.example", "sub": "janedoe", "aud": "x", "iat": 1, "exp": 2}
NAMES = st.sampled_from([*CLAIMS, "azp", "https://aws.amazon.com/tags", "https://aws.amazon.com/source_identity"])


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(NAMES, json_values))
def test_whatever_is_claimed_is_read_or_refused(claims):
    identity = read_or_refused(read_web_identity, web_token(**{**CLAIMS, **claims}))
    if identity is not None:
        texts = (identity.issuer, identity.subject, identity.audience, *identity.tags, *identity.tags.values())
        assert all(text.isprintable() for text in texts)
        assert 0 <= identity.expires_at < 1 << 63


@settings(deadline=None)
@given(damaged(web_token(**CLAIMS)))
def test_a_damaged_token_is_read_or_refused(token):
    read_or_refused(read_web_identity, token)


@settings(deadline=None)
@given(st.binary(min_size=1))
def test_a_token_that_was_written_is_read(signature):
    identity = read_web_identity(write_token({"alg": "RS256"}, CLAIMS, signature))
    assert (identity.issuer, identity.subject, identity.audience, identity.expires_at) == (
        "https://idp.example",
        "janedoe",
        "x",
        2,
    )


@settings(deadline=None, max_examples=300)
@given(json_values.map(json.dumps) | st.text(max_size=100) | damaged('{"Statement":[{"Effect":"Allow","Action":"*"}]}'))
def test_any_text_is_a_session_policy_or_refused(policy):
    policies = read_or_refused(read_session_policies, policy, [])
    if policies is not None:
        assert 0 < packed_policy_size(policies, {}) <= 100


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=128), st.text(max_size=256), max_size=50),
    st.dictionaries(st.text(max_size=128), st.text(max_size=256), max_size=2),
)
def test_more_tags_never_pack_into_less(tags, more):
    policies = read_session_policies(None, [])
    size = read_or_refused(packed_policy_size, policies, tags)
    larger = read_or_refused(packed_policy_size, policies, {**more, **tags})
    assert larger is None or (size is not None and size <= larger)
