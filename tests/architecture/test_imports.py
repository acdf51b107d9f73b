"""What importing costs, and what the package shows."""

from __future__ import annotations

import subprocess
import sys

import awsim

LOADED = "import sys; print(sorted({'botocore', 'boto3', 'attr', 'attrs', 'wrapt', 'urllib3'} & set(sys.modules)))"


def output(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_awsim_loads_neither_botocore_nor_attrs() -> None:
    assert output(f"import awsim; {LOADED}") == "[]"
    assert output(f"from awsim import mock_aws; {LOADED}") == "[]"
    assert output(f"from awsim import mock_aws\n@mock_aws\ndef test(): ...\n{LOADED}") == "[]"


def test_starting_loads_no_service() -> None:
    code = "import sys, awsim\nwith awsim.mock_aws(): pass\nprint([m for m in sys.modules if 'services.s' in m])"
    assert output(code) == "['awsim.services.skeleton']"


def test_every_public_name_can_be_had_and_is_listed() -> None:
    for name in awsim.__all__:
        assert getattr(awsim, name) is not None
    assert dir(awsim) == sorted(awsim.__all__)
    assert set(awsim._HOMES) == set(awsim.__all__)
