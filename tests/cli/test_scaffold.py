"""`awsim scaffold`: providers to begin with, that bind, refuse, and come with a test."""

from __future__ import annotations

import importlib
import inspect
import os
import shutil
import subprocess
import sys

import pytest

from awsim import mock_aws, spec
from awsim.cli.coverage import coverage_of
from awsim.cli.scaffold import scaffold_provider
from awsim.errors import NotSimulatedError
from awsim.services import plugins
from awsim.services.skeleton import Skeleton

#: All protocols, the largest models, members named like Python's words or the context, streams and recursive shapes.
SERVICES = [
    "acm", "apigateway", "appsync", "autoscaling", "batch", "cloudformation", "cloudfront", "cloudsearchdomain",
    "cloudwatch", "cognito-idp", "dynamodb", "ec2", "elbv2", "eventbridgev2", "events", "iam", "iot-data", "kinesis",
    "lambda", "logs", "neptunedata", "partnercentral-revenue-measurement", "rds", "route53", "s3", "s3control", "sns",
    "stepfunctions", "transcribe", "verifiedpermissions",
]  # fmt: skip


def save(files, folder):
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.source)


@pytest.fixture
def provider_of(tmp_path, monkeypatch, registry, modules):
    """The provider class scaffolded for a service, imported from a package of its own."""

    def provider_of(service_name, *operations):
        package = f"scaffolded.{spec.package_name(service_name)}"
        names = operations or spec.load_service(service_name).operation_names
        save(scaffold_provider(service_name, names, package), tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.import_module(f"{package}.provider")
        return plugins.find_plugin(service_name).providers[0]

    return provider_of


def test_the_services_below_speak_all_protocols():
    everything = {spec.load_service(name).resolved_protocol for name in SERVICES}
    assert everything == {"ec2", "json", "query", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"}


@pytest.mark.parametrize("service_name", SERVICES)
def test_a_scaffolded_provider_binds_every_operation_with_its_exact_members(provider_of, service_name):
    provider = provider_of(service_name)
    model = spec.load_service(service_name)
    skeleton = Skeleton(model, [provider()])
    assert set(skeleton.bindings) == set(model.operation_names)
    for name, binding in skeleton.bindings.items():
        shape = model.operation_model(name).input_shape
        paginator = spec.paginators(service_name).get(name, {})
        paged = {
            paginator.get("limit_key"),
            *([token] if isinstance(token := paginator.get("input_token"), str) else []),
        }
        assert set(binding.arguments) == set(shape.members if shape else ()) - paged
        signature = inspect.signature(getattr(provider, spec.python_name(name)))
        required = {spec.python_name(member) for member in (shape.required_members if shape else ())}
        for argument in binding.arguments.values():
            parameter = signature.parameters[argument]
            assert (parameter.default is parameter.empty) == (argument in required)


def test_nothing_scaffolded_passes_for_simulated(provider_of):
    provider_of("kinesis")
    assert coverage_of("kinesis").simulated == 0
    with mock_aws() as aws, pytest.raises(NotSimulatedError) as refused:
        aws.client("kinesis").delete_stream(StreamName="s")
    assert (refused.value.service_name, refused.value.operation_name) == ("kinesis", "DeleteStream")


def test_the_store_of_a_scaffolded_provider_is_the_caller_s(provider_of):
    provider = provider_of("kinesis", "DescribeLimits")

    def describe_limits(self, context):
        assert type(context.store).__name__ == "KinesisStore"
        return {"ShardLimit": 1, "OpenShardCount": 2}

    provider.describe_limits = describe_limits
    with mock_aws() as aws:
        assert aws.client("kinesis").describe_limits()["OpenShardCount"] == 2


def test_a_printed_provider_says_what_each_method_takes_answers_and_refuses(run):
    output = run("scaffold", "importexport", "ListJobs").output
    assert [line for line in output.splitlines() if line.startswith("# -")] == [
        "# -------- awsim/services/importexport/__init__.py",
        "# -------- awsim/services/importexport/models.py",
        "# -------- awsim/services/importexport/provider.py",
        "# -------- tests/services/importexport/test_importexport.py",
    ]
    assert (
        """
@aws_provider(api="importexport")
class ImportexportProvider(ServiceProvider[ImportexportStore]):
    service = "importexport"
    store = ImportexportStore

    def list_jobs(
        self, context: RequestContext[ImportexportStore], *, api_version: str | None = None
    ) -> dict[str, Any]:
        # Answers Jobs: Sequence[Mapping[str, Any]]; IsTruncated: bool.
        # Errors: InvalidParameterException, InvalidAccessKeyIdException, InvalidVersionException.
        # context.page reads Marker and MaxJobs itself.
        raise NotSimulatedError("importexport", "ListJobs")
"""
        in output
    )


@pytest.mark.parametrize("written", ["ListStreams", "list_streams", "list-streams"])
def test_operations_may_be_written_as_aws_boto3_or_the_aws_cli_writes_them(run, written):
    assert "def list_streams(" in run("scaffold", "kinesis", written).output


def test_a_member_called_context_is_the_argument_and_the_context_is_ctx(run):
    output = run("scaffold", "stepfunctions", "TestState").output
    assert "        ctx: RequestContext[StepfunctionsStore],\n" in output
    assert "        context: str | None = None,\n" in output


class TestOfAServiceThatIsThereAlready:
    def test_only_what_is_missing_is_scaffolded(self, run, kinesis):
        output = run("scaffold", "kinesis").output
        assert "def delete_stream(" not in output
        assert "def put_record(" in output
        assert [line for line in output.splitlines() if line.startswith("# -")] == [
            "# -------- awsim/services/kinesis/new_operations.py",
            "# -------- tests/services/kinesis/test_new_operations.py",
        ]
        assert "class NewOperations(ServiceProvider[Any]):" in output

    def test_what_is_scaffolded_binds_beside_what_is_there(self, kinesis, tmp_path, monkeypatch, modules):
        missing = [name for name in spec.load_service("kinesis").operation_names if name != "PutRecord"]
        missing = [name for name in missing if name not in ("DeleteStream", "DescribeLimits", "ListStreams")]
        save(scaffold_provider("kinesis", missing, "scaffolded.kinesis"), tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.import_module("scaffolded.kinesis.new_operations")
        plugin = plugins.find_plugin("kinesis")
        assert [provider.__name__ for provider in plugin.providers] == ["Kinesis", "NewOperations"]
        assert len(plugin.create_service().skeleton.bindings) == len(missing) + 4

    def test_its_store_is_used(self, registry):
        output = "\n".join(file.source for file in scaffold_provider("sts", ["AssumeRole"], "awsim.services.sts"))
        assert "from awsim.services.sts.models import StsStore\n" in output
        assert "class NewOperations(ServiceProvider[StsStore]):\n" in output
        assert "    store = StsStore\n" in output

    def test_an_operation_that_it_simulates_is_refused(self, run):
        answer = run("scaffold", "sqs", "SendMessage")
        assert answer.exit_code == 2
        assert answer.output.splitlines()[-1] == "Error: sqs simulates SendMessage already."

    def test_a_service_of_which_nothing_is_missing_is_left_alone(self, run):
        answer = run("scaffold", "sqs")
        assert (answer.exit_code, answer.output) == (1, "Error: sqs simulates all of its operations already.\n")


class TestTheFirstTest:
    @pytest.fixture
    def first_test(self, provider_of, tmp_path):
        """The scaffolded test of Kinesis and the provider that it tests."""
        provider = provider_of("kinesis", "CreateStream", "DescribeLimits", "GetRecords")
        path = tmp_path / "tests" / "test_kinesis.py"
        module_spec = importlib.util.spec_from_file_location("tests_scaffolded", path)
        module = importlib.util.module_from_spec(module_spec)
        module_spec.loader.exec_module(module)
        return module.test_create_stream, provider

    def test_it_fails_until_the_operation_is_written(self, first_test):
        test, _ = first_test
        with pytest.raises(NotSimulatedError):
            test()

    def test_it_holds_once_the_operation_is_written(self, first_test):
        test, provider = first_test
        provider.create_stream = lambda self, context, request: None
        test()

    def test_it_asserts_the_whole_answer(self, registry):
        (*_, test) = scaffold_provider("swf", ["CountOpenWorkflowExecutions"], "scaffolded.swf")
        docstring, _, source = test.source.partition("\n\n")
        assert docstring == (
            '"""CountOpenWorkflowExecutions of swf, as its callers see it. The values are samples to be made real."""'
        )
        assert (
            source
            == """from __future__ import annotations

from datetime import datetime, timezone

import boto3

from awsim import mock_aws


def test_count_open_workflow_executions() -> None:
    with mock_aws():
        client = boto3.client("swf", region_name="us-east-1")
        answer = client.count_open_workflow_executions(
            domain="x",
            startTimeFilter={"oldestDate": datetime(2026, 1, 1, tzinfo=timezone.utc)},
        )
    del answer["ResponseMetadata"]
    assert answer == {"count": 0, "truncated": True}
"""
        )

    def test_arguments_that_are_no_names_in_python_are_passed_as_a_mapping(self, registry):
        (*_, test) = scaffold_provider("logs", ["CreateExportTask"], "scaffolded.logs")
        assert (
            'client.create_export_task(**{"logGroupName": "x", "from": 0, "to": 0, "destination": "x"})' in test.source
        )


class TestSaving:
    def test_files_are_written_below_the_folder(self, run, tmp_path):
        answer = run("scaffold", "kinesis", "--save", str(tmp_path))
        written = ["__init__.py", "models.py", "provider.py"]
        paths = [tmp_path / "awsim" / "services" / "kinesis" / name for name in written]
        paths.append(tmp_path / "tests" / "services" / "kinesis" / "test_kinesis.py")
        assert (answer.exit_code, answer.output) == (0, "".join(f"wrote {path}\n" for path in paths))
        for path in paths:
            compile(path.read_text(), str(path), "exec")

    def test_files_that_are_there_are_left_alone_unless_forced(self, run, tmp_path):
        path = tmp_path / "plugin" / "kinesis" / "models.py"
        path.parent.mkdir(parents=True)
        path.write_text("mine")
        arguments = ["scaffold", "kinesis", "--package", "plugin.kinesis", "--save", str(tmp_path)]
        answer = run(*arguments)
        assert (answer.exit_code, answer.output) == (
            1,
            "Error: not written, since there already: plugin/kinesis/models.py (--force overwrites)\n",
        )
        assert [each.name for each in path.parent.iterdir()] == ["models.py"]
        assert path.read_text() == "mine"
        assert run(*arguments, "--force").exit_code == 0
        assert path.read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kinesys"], "AWS has no service 'kinesys'. Did you mean kinesis or "),
        (["kinesis", "PutRecrd"], "kinesis has no operation 'PutRecrd'. Did you mean PutRecord or PutRecords"),
        (["kinesis", "--package", "not-a-name"], "'not-a-name' cannot be the name of a package."),
        (["kinesis", "PutRecord", "--stubs"], "--stubs are of the whole API; they take no operations."),
    ],
)
def test_what_makes_no_sense_is_refused(run, arguments, message):
    answer = run("scaffold", *arguments)
    assert answer.exit_code == 2
    assert answer.output.splitlines()[-1].startswith(f"Error: {message}")


@pytest.mark.skipif(shutil.which("ruff", path=os.path.dirname(sys.executable)) is None, reason="needs ruff")
def test_scaffolded_source_is_formatted(registry, tmp_path):
    for service_name in SERVICES:
        names = spec.load_service(service_name).operation_names
        save(scaffold_provider(service_name, names, f"scaffolded.{spec.package_name(service_name)}"), tmp_path)
    ruff = shutil.which("ruff", path=os.path.dirname(sys.executable))
    options = ["--isolated", "--line-length", "120", "--target-version", "py310", "--no-cache"]
    answer = subprocess.run([ruff, "format", *options, "--diff", "."], cwd=tmp_path, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (0, "")
