"""`awsim scaffold --stubs`: the types of an API, as Python that type checkers take."""

from __future__ import annotations

import enum
import importlib.util
import inspect
import os
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import awsim
from awsim import ServiceException, mock_aws, spec
from awsim.cli.scaffold import scaffold_stubs
from awsim.errors import NotSimulatedError
from awsim.services.skeleton import Skeleton

from .test_scaffold import SERVICES, save

TYPED = ["amplifyuibuilder", "apigateway", "dynamodb", "glue", "kinesis", "lambda", "mediapackage", "s3", "sqs", "sts"]


@pytest.fixture
def stubs_of(tmp_path, modules):
    """The stubs of a service as a module."""

    def stubs_of(service_name):
        save([scaffold_stubs(service_name, "scaffolded")], tmp_path)
        module_spec = importlib.util.spec_from_file_location("scaffolded", tmp_path / "scaffolded" / "api.py")
        module = sys.modules["scaffolded"] = importlib.util.module_from_spec(module_spec)
        module_spec.loader.exec_module(module)
        return module

    return stubs_of


def test_structures_are_typed_dicts_with_what_is_required(stubs_of):
    api = stubs_of("sqs")
    request = api.SendMessageRequest
    assert request.__required_keys__ == {"QueueUrl", "MessageBody"}
    assert "DelaySeconds" in request.__optional_keys__
    hints = typing.get_type_hints(request)
    assert hints["DelaySeconds"] is int
    assert hints["MessageAttributes"] == typing.get_type_hints(api.Message)["MessageAttributes"]


def test_structures_may_hold_themselves(stubs_of):
    api = stubs_of("dynamodb")
    assert typing.get_type_hints(api.AttributeValue)["B"] is bytes
    assert typing.get_args(typing.get_type_hints(api.AttributeValue)["L"]) == (api.AttributeValue,)


def test_members_named_like_python_s_words_are_kept(stubs_of):
    api = stubs_of("apigateway")
    assert api.PatchOperation.__optional_keys__ == {"op", "path", "value", "from"}


def test_enums_are_strings(stubs_of):
    api = stubs_of("s3")
    assert issubclass(api.StorageClass, enum.Enum)
    assert api.StorageClass.GLACIER == "GLACIER"
    assert api.BucketLocationConstraint.us_gov_east_1.value == "us-gov-east-1"
    assert [member.value for member in api.StorageClass] == spec.load_service("s3").shape_for("StorageClass").enum


def test_errors_are_what_awsim_answers(stubs_of):
    api = stubs_of("sts")
    error = api.IDPRejectedClaimException("no")
    assert isinstance(error, ServiceException)
    assert (error.code, error.status_code, error.sender_fault, error.message) == ("IDPRejectedClaim", 403, True, "no")
    assert error.shape_name == "IDPRejectedClaimException"


def test_the_api_binds_and_refuses_until_it_is_overridden(stubs_of):
    api = stubs_of("kinesis")
    model = spec.load_service("kinesis")
    skeleton = Skeleton(model, [api.KinesisApi()])
    assert set(skeleton.bindings) == set(model.operation_names)
    assert all(
        binding.takes_request for name, binding in skeleton.bindings.items() if model.operation_model(name).input_shape
    )
    with pytest.raises(NotSimulatedError) as refused:
        api.KinesisApi().delete_stream(None, {})
    assert refused.value.operation_name == "DeleteStream"


def test_a_provider_of_the_api_answers_what_it_overrides(stubs_of, registry):
    from awsim.services import plugins

    api = stubs_of("kinesis")

    @plugins.aws_provider(api="kinesis")
    class Kinesis(api.KinesisApi):
        def list_streams(self, context, request):
            return {"StreamNames": [request["ExclusiveStartStreamName"]], "HasMoreStreams": False}

    with mock_aws() as aws:
        client = aws.client("kinesis")
        assert client.list_streams(ExclusiveStartStreamName="s")["StreamNames"] == ["s"]
        with pytest.raises(NotSimulatedError):
            client.delete_stream(StreamName="s")


def test_every_method_is_annotated_with_the_operation_s_shapes(stubs_of):
    api = stubs_of("sts")
    method = inspect.signature(api.StsApi.assume_role)
    assert (method.parameters["request"].annotation, method.return_annotation) == (
        "AssumeRoleRequest",
        "AssumeRoleResponse",
    )


def test_they_are_printed_or_saved(run, tmp_path):
    source = scaffold_stubs("sts", "awsim.services.sts").source
    assert run("scaffold", "sts", "--stubs").output == source
    run("scaffold", "sts", "--stubs", "--save", str(tmp_path))
    assert (tmp_path / "awsim" / "services" / "sts" / "api.py").read_text() == source


def compiled(service_name):
    source = scaffold_stubs(service_name, "scaffolded").source
    compile(source, f"{service_name}/api.py", "exec", dont_inherit=True)
    return len(source)


@pytest.mark.parametrize("service_name", SERVICES)
def test_stubs_are_python(service_name):
    assert compiled(service_name) > 0


@pytest.mark.whole
@pytest.mark.skipif(os.environ.get("AWSIM_ROUND_TRIP") != "all", reason="only with AWSIM_ROUND_TRIP=all")
def test_the_stubs_of_every_service_are_python():
    assert sum(map(compiled, sorted(spec.service_names()))) > 0


def test_type_checkers_take_them(tmp_path):
    pytest.importorskip("mypy")
    for service_name in TYPED:
        save([scaffold_stubs(service_name, f"stubs.{spec.package_name(service_name)}")], tmp_path)
    options = ["--strict", "--ignore-missing-imports", "--follow-imports=silent", "--explicit-package-bases"]
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "stubs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MYPYPATH": str(Path(awsim.__file__).parents[1])},
    )
    assert answer.stdout == f"Success: no issues found in {len(TYPED)} source files\n"


@pytest.mark.skipif(shutil.which("ruff", path=os.path.dirname(sys.executable)) is None, reason="needs ruff")
def test_they_are_formatted(tmp_path):
    for service_name in SERVICES:
        save([scaffold_stubs(service_name, f"stubs.{spec.package_name(service_name)}")], tmp_path)
    ruff = shutil.which("ruff", path=os.path.dirname(sys.executable))
    options = ["--isolated", "--line-length", "120", "--target-version", "py310", "--no-cache"]
    answer = subprocess.run([ruff, "format", *options, "--diff", "."], cwd=tmp_path, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (0, "")
