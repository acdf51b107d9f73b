"""`awsim coverage --tier`: who answers each operation."""

from __future__ import annotations

import json

from click.testing import CliRunner

from awsim.cli.commands import awsim
from awsim.fallback.offered import INDEPENDENT, may_fall_back
from awsim.fallback.tiers import tiers_of


def run(*arguments: str) -> str:
    result = CliRunner().invoke(awsim, ["coverage", "--tier", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_simulated_service_has_no_moto_but_for_what_stands_alone() -> None:
    assert set(tiers_of("sqs").values()) == {"simulated"}
    control = tiers_of("s3control")
    assert {name for name, tier in control.items() if tier == "moto"} == INDEPENDENT["s3control"]
    assert control["GetAccessPoint"] == "simulated"
    assert control["CreateJob"] == "absent"
    assert not may_fall_back("s3control", "CreateJob", is_simulated=True)


def test_other_services_have_what_moto_has() -> None:
    iam = tiers_of("iam")
    assert iam["CreateRole"] == "moto"
    assert set(tiers_of("outposts").values()) == {"absent"}


def test_a_service_is_told_operation_by_operation() -> None:
    lines = run("iam", "--plain").splitlines()
    assert lines[0].split() == ["Operation", "Tier"]
    assert ["CreateRole", "moto"] in [line.split() for line in lines]
    assert lines[-1].startswith("0 simulated, ")
    assert json.loads(run("iam", "--json"))["iam"]["CreateRole"] == "moto"
