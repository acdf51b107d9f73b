"""The models' regular expressions: what they mean in their own dialect, and that none can stall the process."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim import spec
from awsim.protocol.backtracking import LENGTH_MIN, length_max
from awsim.protocol.patterns import UntranslatableError, compile_pattern, translate


@pytest.mark.parametrize(
    ("pattern", "satisfying", "failing"),
    [
        # AWS: the whole value must match, anchors or none.
        ("[a-z]+", ["abc"], ["abc1", "1abc", ""]),
        ("^[a-z]+$", ["abc"], ["abc\n"]),
        ("(?!^[0-9]+$)([a-zA-Z0-9-_]+)", ["a1", "1-2", "_"], ["2024", "a b"]),
        ("$|arn:(.*)", ["", "arn:x"], ["x"]),
        # The classes of Java mean ASCII unless they say otherwise.
        (r"[\w]+", ["a_1"], ["\u00e9"]),
        (r"\d+", ["12"], ["\u0661"]),
        (r"[\w- ]*", ["a-b c"], ["a.b"]),
        (r"[\w-.~]+", ["a-.~"], ["a+"]),
        ("[a-z-_]+", ["a-_"], ["`"]),
        ("[+--]+", ["+,-"], ["."]),
        ("[]a]+", ["]a"], ["b"]),
        ("[a[]+", ["a["], ["b"]),
        # Unicode's properties.
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", ["", "Stra\u00dfe 1\u2003\u4e2d:/=+-@"], ["a#", "a\x00"]),
        (r"[\p{L}]+", ["\u00e9\u4e2d"], ["1", "_"]),
        (r"\p{L}+(?:\.\p{L}+){0,2}", ["a.\u00e9.c"], ["a.b.c.d", "1"]),
        (r"^\P{C}*$", ["a b"], ["a\x07", "\ue000"]),
        (r"[\P{M}\p{M}]*", ["e\u0301"], []),
        (r"\p{Print}+", ["a b~"], ["\u00e9", "\t"]),
        (r"[\p{Print}&&[^|:/]]+", ["a b"], ["a|b", "a:b", "a\tb"]),
        (r"\p{Alnum}\p{XDigit}\p{Upper}\p{Punct}", ["zFA!"], ["zGA!"]),
        (r"[\p{IsAlphabetic}\p{Nd}]+", ["a\u0661"], ["-"]),
        # Escapes and flags.
        (r"\A[a-z]+\z", ["abc"], ["abc\n"]),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", ["a \U0001f600\t"], ["\x00", "\uffff"]),
        (r"[\x{60}-]+", ["`-"], ["a"]),
        (r"\Qa.b\E+", ["a.b", "a.bb"], ["axb"]),
        (r"\h", ["\t", "\xa0"], ["\n"]),
        ("(?<year>[0-9]{4})", ["2024"], ["24"]),
        ("(?>a|b)[0-9]{2}+x*+[+}]", ["a12xx+", "b12}"], ["c12+", "a1+"]),
        ("x{2}?y??z+?", ["xxz", "xxyzz"], ["xz"]),
        ("^(?i)(true|false)$", ["TRUE", "false"], ["yes"]),
        ("a(?i)b|c", ["aB", "c", "C"], ["AB"]),
        ("(?!(?i)AWS_)[a-zA-Z_]+", ["AW", "xaws_"], ["aws_x", "AWS_"]),
    ],
)
def test_a_pattern_means_what_it_means_in_the_models_dialect(
    pattern: str, satisfying: list[str], failing: list[str]
) -> None:
    match = compile_pattern(pattern)
    assert [value for value in satisfying if not match(value)] == []
    assert [value for value in failing if match(value)] == []


@pytest.mark.parametrize("pattern", ["^[a-z]*${2,64}$", "(", "[a", "a)", r"\p{NoSuch}", "a\\", "a{2}{3}"])
def test_a_pattern_that_is_no_pattern_is_satisfied_by_everything(pattern: str) -> None:
    with pytest.raises(UntranslatableError):
        translate(pattern)
    assert compile_pattern(pattern)("anything at all")


#: The patterns of the models that are no regular expressions in any dialect.
UNTRANSLATABLE = {
    "^[-_a-zA-Z0-9]*${2,64}$",
    "[^-A-Za-z0-9+/=]|=[^=]|={3,}${1,4096}",
    "^arn:\\S+:rbin:[a-z\\-0-9]{0,63}:[0-9]{12}:rule/[0-9a-zA-Z]{11}{0,1011}$",
    "([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)${1,128}",
    "([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)${1,256}",
}


@pytest.mark.whole
@pytest.mark.skipif(os.environ.get("AWSIM_ROUND_TRIP") != "all", reason="loads every model: AWSIM_ROUND_TRIP=all")
def test_the_patterns_of_every_service_translate_bar_a_few_that_are_no_patterns() -> None:
    seen = set()
    for service_name in spec.service_names():
        description = spec.loader().load_service_model(service_name, "service-2")
        seen |= {shape["pattern"] for shape in description["shapes"].values() if "pattern" in shape}
    untranslatable = set()
    for pattern in seen:
        try:
            translate(pattern)
        except UntranslatableError:
            untranslatable.add(pattern)
    assert len(seen) > 4000
    assert untranslatable <= UNTRANSLATABLE


@pytest.mark.parametrize(
    "pattern",
    [
        "([a-z]+-?)*",
        "(a|a)*",
        "([a-z][a-z]?)*",
        "(.*[\\n\\r ]?)*",
        "[a-zA-Z0-9!-~]+([a-zA-Z0-9!-~ ]*[a-zA-Z0-9!-~]+)*",
        "([a-z]{2,3})*",
        "^arn:aws(-\\w+)*:([:/].+)*$",
        "(x?y*){1,100}",
    ],
)
def test_patterns_that_explode_are_tried_on_short_values_only(pattern: str) -> None:
    assert length_max(re.compile(pattern)) == LENGTH_MIN
    assert compile_pattern(pattern)("!" * (LENGTH_MIN + 1))
    assert not compile_pattern(f"{pattern}!")("?" * LENGTH_MIN)


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z]+",
        "arn:[^:]+:[^:]+:[^:]+:[^:]+:.+",
        "([a-z]+-)*[0-9]",
        "[a-z]{1,63}(\\.[a-z0-9]+)*",
        "(?=.*[0-9])[a-z0-9]*",
    ],
)
def test_patterns_that_cannot_stall_are_tried_on_values_of_any_length(pattern: str) -> None:
    assert length_max(re.compile(pattern)) == 100_000


@pytest.mark.parametrize(("pattern", "most"), [(".*:.*", 2236), (".*:.*:.*", 170), ("[a-z]*[a-z0-9]*x", 2236)])
def test_the_length_falls_with_the_power_of_the_time_it_takes(pattern: str, most: int) -> None:
    assert length_max(re.compile(pattern)) == most


@given(st.text(alphabet="ab.*+?{}()[]|^$\\-,1pLuzQE&<>:=!i"))
def test_no_text_breaks_the_translation(text: str) -> None:
    compile_pattern(text)("ab")
