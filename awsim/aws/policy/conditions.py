"""The condition operators of policies, with ``IfExists``, ``ForAllValues:`` and ``ForAnyValue:``.

Facts from the IAM User Guide's "Condition operators" and "Multivalued context keys".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from awsim.aws.policy.patterns import Values, as_text, matches, matches_arn, substitute

#: Whether a value of a request meets one of a policy.
Test = Callable[[str, str], bool]


def _number(test: Callable[[float, float], bool]) -> Test:
    def compare(found: str, wanted: str) -> bool:
        try:
            return test(float(found), float(wanted))
        except ValueError:
            return False

    return compare


def _moment(test: Callable[[float, float], bool]) -> Test:
    def compare(found: str, wanted: str) -> bool:
        first, second = _epoch(found), _epoch(wanted)
        return first is not None and second is not None and test(first, second)

    return compare


def _epoch(text: str) -> float | None:
    """A moment in epoch seconds, from those or from ISO 8601."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _is_in_network(found: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(found) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _same_bytes(found: str, wanted: str) -> bool:
    try:
        return base64.b64decode(found) == base64.b64decode(wanted)
    except (binascii.Error, ValueError):
        return False


def _same_text(found: str, wanted: str) -> bool:
    return found == wanted


def _same_text_in_any_case(found: str, wanted: str) -> bool:
    return found.lower() == wanted.lower()


def _is_like(found: str, wanted: str) -> bool:
    return matches(wanted, found)


def _is_arn_like(found: str, wanted: str) -> bool:
    return matches_arn(wanted, found)


#: Operator, in lower case -> the test, and whether the operator is its negation.
_OPERATORS: dict[str, tuple[Test, bool]] = {
    "stringequals": (_same_text, False),
    "stringnotequals": (_same_text, True),
    "stringequalsignorecase": (_same_text_in_any_case, False),
    "stringnotequalsignorecase": (_same_text_in_any_case, True),
    "stringlike": (_is_like, False),
    "stringnotlike": (_is_like, True),
    "numericequals": (_number(lambda found, wanted: found == wanted), False),
    "numericnotequals": (_number(lambda found, wanted: found == wanted), True),
    "numericlessthan": (_number(lambda found, wanted: found < wanted), False),
    "numericlessthanequals": (_number(lambda found, wanted: found <= wanted), False),
    "numericgreaterthan": (_number(lambda found, wanted: found > wanted), False),
    "numericgreaterthanequals": (_number(lambda found, wanted: found >= wanted), False),
    "dateequals": (_moment(lambda found, wanted: found == wanted), False),
    "datenotequals": (_moment(lambda found, wanted: found == wanted), True),
    "datelessthan": (_moment(lambda found, wanted: found < wanted), False),
    "datelessthanequals": (_moment(lambda found, wanted: found <= wanted), False),
    "dategreaterthan": (_moment(lambda found, wanted: found > wanted), False),
    "dategreaterthanequals": (_moment(lambda found, wanted: found >= wanted), False),
    "bool": (_same_text_in_any_case, False),
    "binaryequals": (_same_bytes, False),
    "ipaddress": (_is_in_network, False),
    "notipaddress": (_is_in_network, True),
    "arnequals": (_is_arn_like, False),
    "arnnotequals": (_is_arn_like, True),
    "arnlike": (_is_arn_like, False),
    "arnnotlike": (_is_arn_like, True),
}
_NULL = "null"
_FOR_ALL, _FOR_ANY = "forallvalues:", "foranyvalue:"
_IF_EXISTS = "ifexists"


def operator_exists(operator: str) -> bool:
    """Whether a policy may use an operator of this name."""
    return _parse(operator)[1] in _OPERATORS or operator.lower() == _NULL


def _parse(operator: str) -> tuple[str, str, bool]:
    """The quantifier ("" for none), the operator itself, and whether it says IfExists."""
    name = operator.lower()
    quantifier = next((one for one in (_FOR_ALL, _FOR_ANY) if name.startswith(one)), "")
    name = name.removeprefix(quantifier)
    return quantifier, name.removesuffix(_IF_EXISTS), name.endswith(_IF_EXISTS)


def condition_holds(condition: Mapping[str, Mapping[str, Any]], values: Values) -> bool:
    """Whether a statement's condition holds for a request, whose values are by lower-case keys.

    Everything in it must hold. An operator that does not exist never holds.
    """
    return all(
        _holds(operator, key, wanted, values) for operator, keys in condition.items() for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: Any, values: Values) -> bool:
    given = wanted if isinstance(wanted, list) else [wanted]
    found = values.get(key.lower())
    if operator.lower() == _NULL:
        return any((found is None) == (as_text(one).lower() == "true") for one in given)
    quantifier, name, if_exists = _parse(operator)
    if name not in _OPERATORS:
        return False
    test, negated = _OPERATORS[name]
    texts = (
        [as_text(one) for one in (found if isinstance(found, (list, tuple)) else [found])] if found is not None else []
    )
    if not texts:
        if if_exists or quantifier == _FOR_ALL:
            return True
        # AWS: what is not there differs from everything, but no value of it does.
        return negated and quantifier != _FOR_ANY
    expected = [text for one in given if (text := substitute(as_text(one), values)) is not None]
    if quantifier == _FOR_ALL:
        return all(_meets(test, text, expected) is not negated for text in texts)
    if quantifier == _FOR_ANY:
        return any(_meets(test, text, expected) is not negated for text in texts)
    return any(_meets(test, text, expected) for text in texts) is not negated


def _meets(test: Test, found: str, expected: Sequence[str]) -> bool:
    return any(test(found, one) for one in expected)
