from __future__ import annotations

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb import numbers
from awsim.services.dynamodb.errors import ValidationException

from .assertions import message_of, refusal_of

EXACT = Context(prec=400)

number_texts = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole}{fraction}{exponent}",
    st.sampled_from(["", "-", "+"]),
    st.text("0123456789", min_size=1, max_size=20),
    st.one_of(st.just(""), st.text("0123456789", max_size=18).map(lambda digits: "." + digits)),
    st.one_of(st.just(""), st.integers(-140, 140).map(lambda exponent: f"e{exponent}")),
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1", "1"),
        ("007", "7"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+3", "3"),
        ("-0", "0"),
        ("0.000", "0"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ("-12.5e1", "-125"),
        ("0e999", "0"),
        ("100000000000000000000000000000000000000000", "1" + "0" * 41),
        ("1E125", "1" + "0" * 125),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("9" * 38, "9" * 38),
    ],
)
def test_a_number_is_kept_as_plain_digits_without_superfluous_zeros(text: str, kept: str) -> None:
    assert numbers.normalize(text) == kept


@pytest.mark.parametrize(
    "text", ["a", "1a", "--1", "1e", "e5", ".", "NaN", "Infinity", " 1", "1_000", "٣", "0x10", "1e+"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert message_of(numbers.normalize, text) == f"The parameter cannot be converted to a numeric value: {text}"


def test_an_empty_number_is_refused() -> None:
    assert message_of(numbers.normalize, "") == "The parameter cannot be converted to a numeric value"


@pytest.mark.parametrize("text", ["1" * 39, "1." + "1" * 38, "123456789012345678901234567890123456789e-60"])
def test_39_significant_digits_are_too_many(text: str) -> None:
    assert message_of(numbers.normalize, text) == "Attempting to store more than 38 significant digits in a Number"


@pytest.mark.parametrize("text", ["1e126", "-1e126", "1e999999999"])
def test_magnitudes_above_the_range_overflow(text: str) -> None:
    assert message_of(numbers.normalize, text) == (
        "Number overflow. Attempting to store a number with magnitude larger than supported range"
    )


@pytest.mark.parametrize("text", ["1e-131", "-9.9e-131"])
def test_magnitudes_below_the_range_underflow(text: str) -> None:
    assert message_of(numbers.normalize, text) == (
        "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    )


@given(number_texts)
def test_normalizing_keeps_the_value_and_is_final(text: str) -> None:
    exact = EXACT.create_decimal(text)
    digits = exact.normalize(EXACT).as_tuple().digits
    try:
        kept = numbers.normalize(text)
    except ValidationException:
        assert len(digits) > 38 or not -130 <= exact.adjusted() <= 125
        return
    assert EXACT.create_decimal(kept) == exact
    assert numbers.normalize(kept) == kept
    assert "e" not in kept.lower()
    assert numbers.number(kept) == exact


@given(number_texts, number_texts)
def test_sums_and_differences_are_exact(left: str, right: str) -> None:
    try:
        a, b = numbers.normalize(left), numbers.normalize(right)
    except ValidationException:
        return
    for operation, exact in (
        (numbers.add, EXACT.add(Decimal(a), Decimal(b))),
        (numbers.subtract, EXACT.subtract(Decimal(a), Decimal(b))),
    ):
        digits = exact.normalize(EXACT).as_tuple().digits
        if exact and (len(digits) > 38 or not -130 <= exact.adjusted() <= 125):
            assert refusal_of(operation, a, b) is not None
        else:
            assert Decimal(operation(a, b)) == exact


@given(st.text(max_size=8))
def test_any_text_is_a_number_or_a_validation_error(text: str) -> None:
    message = refusal_of(numbers.normalize, text)
    assert message is None or message.startswith(("The parameter cannot be converted", "Number ", "Attempting"))
