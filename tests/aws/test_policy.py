"""The IAM policy language: what documents say to requests, by the IAM User Guide."""

from __future__ import annotations

import fnmatch
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.aws.policy.conditions import condition_holds, operator_exists
from awsim.aws.policy.documents import parse_document, statements_of
from awsim.aws.policy.evaluation import Reason, Request, Verdict, decide, evaluate
from awsim.aws.policy.patterns import matches, matches_arn, substitute
from awsim.aws.policy.principals import Principal, names

ROOT = Principal(arn="arn:aws:iam::111111111111:root", account_id="111111111111", user_id="111111111111")
BOB = Principal(arn="arn:aws:iam::111111111111:user/bob", account_id="111111111111", user_id="AIDABOB")
SESSION = Principal(
    arn="arn:aws:sts::111111111111:assumed-role/worker/one", account_id="111111111111", user_id="AROA:one"
)
NOBODY = Principal()
SERVICE = Principal(service="sns.amazonaws.com")


class TestPatterns:
    """Wildcards, in actions, resources and values."""

    @given(st.text("ab:/*?", max_size=8), st.text("ab:/", max_size=8))
    def test_they_are_as_shells_have_them(self, pattern, text):
        assert matches(pattern, text) == fnmatch.fnmatchcase(text, pattern)

    @given(st.text(max_size=10))
    def test_a_star_is_anything(self, text):
        assert matches("*", text)
        assert matches(f"{'*'}{'*'}", text)

    @pytest.mark.parametrize(
        ("pattern", "arn", "expected"),
        [
            ("arn:aws:s3:::a*", "arn:aws:s3:::abc", True),
            ("arn:*:sns:*:111111111111:*", "arn:aws:sns:us-east-1:111111111111:topic", True),
            ("arn:aws:*", "arn:aws:s3:::abc", False),
            ("*", "arn:aws:s3:::abc", True),
            ("arn:aws:sqs:us-*:1:q", "arn:aws:sqs:eu-west-1:us-x:1:q", False),
        ],
    )
    def test_arns_are_matched_part_by_part(self, pattern, arn, expected):
        assert matches_arn(pattern, arn) is expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("home/${aws:username}/*", "home/bob/*"),
            ("${AWS:UserName}", "bob"),
            ("${aws:nothing}", None),
            ("${aws:nothing, 'x'}", "x"),
            ("${s3:many}", None),
            ("plain", "plain"),
        ],
    )
    def test_variables_have_the_requests_values(self, text, expected):
        assert substitute(text, {"aws:username": "bob", "s3:many": ["a", "b"]}) == expected

    def test_a_special_character_can_stand_for_itself(self):
        pattern = substitute("a${*}b${?}c*", {})
        assert pattern is not None
        assert matches(pattern, "a*b?cd")
        assert not matches(pattern, "axbyc")


class TestPrincipals:
    """Whom a Principal element names."""

    @pytest.mark.parametrize(
        ("element", "named"),
        [
            ("*", [ROOT, BOB, SESSION, NOBODY, SERVICE]),
            ({"AWS": "*"}, [ROOT, BOB, SESSION, NOBODY, SERVICE]),
            ({"AWS": "111111111111"}, [ROOT, BOB, SESSION]),
            ({"AWS": "arn:aws:iam::111111111111:root"}, [ROOT, BOB, SESSION]),
            ({"AWS": ["arn:aws:iam::111111111111:user/bob"]}, [BOB]),
            ({"AWS": "AIDABOB"}, [BOB]),
            ({"AWS": "arn:aws:iam::111111111111:role/worker"}, [SESSION]),
            ({"AWS": "arn:aws:iam::111111111111:role/a/path/worker"}, [SESSION]),
            ({"AWS": "arn:aws:sts::111111111111:assumed-role/worker/one"}, [SESSION]),
            ({"AWS": "222222222222"}, []),
            ({"Service": "sns.amazonaws.com"}, [SERVICE]),
            ({"Service": "sqs.amazonaws.com"}, []),
            ({"Service": ["sqs.amazonaws.com", "sns.amazonaws.com"], "AWS": "AIDABOB"}, [BOB, SERVICE]),
        ],
    )
    def test_it_names_these_and_no_others(self, element, named):
        assert [one for one in (ROOT, BOB, SESSION, NOBODY, SERVICE) if names(element, one)] == named

    def test_an_account_may_be_named_by_its_canonical_user(self):
        account = Principal(arn=ROOT.arn, account_id=ROOT.account_id, canonical_user_id="ab" * 32)
        assert names({"CanonicalUser": "ab" * 32}, account)
        assert not names({"CanonicalUser": ""}, ROOT)

    def test_kinds(self):
        kinds = [one.kind for one in (ROOT, BOB, SESSION, NOBODY, SERVICE)]
        assert kinds == ["Account", "User", "AssumedRole", "Anonymous", "Service"]


VALUES = {
    "k": "Value",
    "n": "5",
    "t": "2020-06-01T00:00:00Z",
    "b": True,
    "ip": "10.1.2.3",
    "arn": "arn:aws:sns:us-east-1:111111111111:topic",
    "bytes": "YWJj",
    "aws:tagkeys": ["a", "b"],
}


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "expected"),
    [
        ("StringEquals", "K", "Value", True),
        ("StringEquals", "k", ["x", "Value"], True),
        ("StringEquals", "k", "value", False),
        ("StringEqualsIgnoreCase", "k", "vALUE", True),
        ("StringNotEquals", "k", ["x", "Value"], False),
        ("StringNotEquals", "k", ["x", "y"], True),
        ("StringLike", "k", "V*e", True),
        ("StringNotLike", "k", "V?", True),
        ("NumericEquals", "n", 5, True),
        ("NumericLessThan", "n", "5", False),
        ("NumericLessThanEquals", "n", "5.0", True),
        ("NumericGreaterThan", "n", ["9", "4"], True),
        ("NumericNotEquals", "n", "6", True),
        ("NumericEquals", "k", "5", False),
        ("DateGreaterThan", "t", "2020-01-01", True),
        ("DateLessThan", "t", "2020-01-01T00:00:00+02:00", False),
        ("DateEquals", "t", "1590969600", True),
        ("Bool", "b", "true", True),
        ("Bool", "b", False, False),
        ("BinaryEquals", "bytes", "YWJj", True),
        ("IpAddress", "ip", ["192.168.0.0/16", "10.0.0.0/8"], True),
        ("IpAddress", "ip", "10.1.2.3", True),
        ("NotIpAddress", "ip", "10.0.0.0/8", False),
        ("ArnLike", "arn", "arn:aws:sns:*:*:t*", True),
        ("ArnEquals", "arn", "arn:aws:sns:*:*:t*", True),
        ("ArnNotLike", "arn", "arn:aws:sqs:*:*:*", True),
        ("Null", "nothing", "true", True),
        ("Null", "k", "true", False),
        ("Null", "k", False, True),
        ("StringEquals", "nothing", "x", False),
        ("StringNotEquals", "nothing", "x", True),
        ("StringEqualsIfExists", "nothing", "x", True),
        ("StringEqualsIfExists", "k", "x", False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b", "c"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], False),
        ("ForAllValues:StringEquals", "nothing", ["a"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["b", "z"], True),
        ("ForAnyValue:StringEquals", "nothing", ["a"], False),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"], True),
        ("ForAnyValue:StringNotEquals", "nothing", ["a"], False),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["a"], False),
        ("StringEqual", "k", "Value", False),
    ],
)
def test_operators(operator, key, wanted, expected):
    assert condition_holds({operator: {key: wanted}}, VALUES) is expected


def test_which_operators_there_are():
    assert all(operator_exists(name) for name in ("StringEquals", "null", "ForAnyValue:ArnLikeIfExists"))
    assert not operator_exists("StringEqual")


NEGATIONS = [("StringEquals", "StringNotEquals"), ("StringLike", "StringNotLike"), ("IpAddress", "NotIpAddress")]


@given(st.sampled_from(NEGATIONS), st.text("ab*1.", max_size=4), st.lists(st.text("ab*1./", max_size=4), max_size=3))
def test_a_negated_operator_holds_where_the_other_does_not(pair, found, wanted):
    plain, negated = pair
    values = {"k": found}
    assert condition_holds({plain: {"k": wanted}}, values) is not condition_holds({negated: {"k": wanted}}, values)


# Evaluation

actions = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "*", "s3:get*"])
statements = st.builds(
    lambda effect, action, resource, inverted: {
        "Effect": effect,
        "NotAction" if inverted else "Action": action,
        "Resource": resource,
        "Principal": "*",
    },
    st.sampled_from(["Allow", "Deny"]),
    actions,
    st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/key", "arn:aws:s3:::c"]),
    st.booleans(),
)
GET = Request(principal=NOBODY, action="s3:GetObject", resource="arn:aws:s3:::b/key")


def speaks(statement: dict[str, Any]) -> bool:
    """The same as the engine, the plain way."""
    inverted = "NotAction" in statement
    pattern = statement["NotAction" if inverted else "Action"].lower()
    action = fnmatch.fnmatchcase("s3:getobject", pattern) is not inverted
    return action and fnmatch.fnmatchcase(GET.resource, statement["Resource"])


@given(st.lists(statements, max_size=5), st.randoms(use_true_random=False))
def test_a_deny_wins_and_the_order_does_not_matter(given_statements, chance: random.Random):
    effects = {one["Effect"] for one in given_statements if speaks(one)}
    expected = Verdict.DENIED if "Deny" in effects else Verdict.ALLOWED if effects else Verdict.SILENT
    assert evaluate(statements_of({"Statement": given_statements}), GET) is expected
    chance.shuffle(given_statements)
    assert evaluate(statements_of({"Statement": given_statements}), GET) is expected


def policy(effect: str, principal: Any = "*", **more: Any) -> Any:
    statement = {"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": "*", **more}
    return parse_document(json.dumps({"Version": "2012-10-17", "Statement": statement}))


@pytest.mark.parametrize(
    ("caller", "owner", "resource", "identity", "expected"),
    [
        (ROOT, "111111111111", (), None, None),
        (ROOT, "111111111111", policy("Deny"), None, Reason.RESOURCE_DENIES),
        (BOB, "111111111111", (), (), Reason.IDENTITY_SILENT),
        (BOB, "111111111111", policy("Allow"), (), None),
        (BOB, "111111111111", (), policy("Allow"), None),
        (BOB, "111111111111", policy("Allow"), policy("Deny"), Reason.IDENTITY_DENIES),
        (ROOT, "222222222222", (), None, Reason.RESOURCE_SILENT),
        (ROOT, "222222222222", policy("Allow", {"AWS": "111111111111"}), None, None),
        (BOB, "222222222222", policy("Allow", {"AWS": "111111111111"}), (), Reason.IDENTITY_SILENT),
        (BOB, "222222222222", policy("Allow", {"AWS": "111111111111"}), policy("Allow"), None),
        (NOBODY, "222222222222", policy("Allow"), None, None),
        (NOBODY, "222222222222", policy("Allow", {"AWS": "111111111111"}), None, Reason.RESOURCE_SILENT),
        (SERVICE, "222222222222", policy("Allow", {"Service": "sns.amazonaws.com"}), None, None),
    ],
)
def test_within_an_account_either_may_allow_and_across_accounts_both_must(caller, owner, resource, identity, expected):
    request = Request(principal=caller, action="s3:GetObject", resource="arn:aws:s3:::b/key")
    assert decide(request, owner_account_id=owner, resource=resource, identity=identity) is expected


def test_not_principal_speaks_of_everybody_else():
    statement = {
        "Effect": "Deny",
        "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:user/bob"},
        "Action": "*",
        "NotResource": "arn:aws:s3:::open/*",
    }
    found = statements_of({"Statement": [statement]})
    for caller, verdict in ((BOB, Verdict.SILENT), (SESSION, Verdict.DENIED), (NOBODY, Verdict.DENIED)):
        assert evaluate(found, Request(principal=caller, action="a:b", resource="arn:aws:s3:::b")) is verdict
    assert evaluate(found, Request(principal=NOBODY, action="a:b", resource="arn:aws:s3:::open/x")) is Verdict.SILENT


def test_variables_are_of_the_newer_version_alone():
    statement = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    request = Request(principal=BOB, action="a:b", resource="arn:aws:s3:::b/bob", values={"aws:username": "bob"})
    assert evaluate(statements_of({"Version": "2012-10-17", "Statement": statement}), request) is Verdict.ALLOWED
    assert evaluate(statements_of({"Version": "2008-10-17", "Statement": statement}), request) is Verdict.SILENT


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_what_is_no_policy_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_document(text)
