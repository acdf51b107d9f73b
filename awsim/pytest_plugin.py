"""pytest fixtures: ``aws``, a fresh Cloud that is active during the test; ``aws_session``, which seeds it; and
``aws_server``, which serves it over HTTP.

Imports awsim's rest only when a fixture or an option is used, so that a suite that installs awsim without using it pays
nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from awsim import active

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.server import Server

_INI: dict[str, tuple[str, Any]] = {
    "awsim_account_id": ("the account id of every Cloud of the run", "string"),
    "awsim_region": ("the default region of every Cloud of the run", "string"),
    "awsim_seed": ("the seed of identifiers of every Cloud of the run", "string"),
    "awsim_strict": ("input members that awsim does not honour are errors", "bool"),
    "awsim_isolated": ("Clouds made by the aws fixture belong to the test's context, not to the process", "bool"),
    "awsim_services": ("the only services that answer", "args"),
    "awsim_fallback": ("what answers where awsim simulates nothing: moto, or service=moto, each on a line", "linelist"),
    "awsim_passthrough": ("services and hosts that reach the real AWS on purpose", "args"),
}
_REPORT = pytest.StashKey[Any]()
_FALLBACK = pytest.StashKey[dict[str, set[str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini options, and those of the command line."""
    for name, (help_text, kind) in _INI.items():
        default: Any = {"string": "", "bool": False, "args": [], "linelist": []}[kind]
        parser.addini(name, help_text, type=kind, default=default)
    group = parser.getgroup("awsim", "AWS inside the test process")
    group.addoption(
        "--aws-strict",
        action="store_true",
        help="input members that awsim does not honour are errors, in every Cloud of the run",
    )
    group.addoption(
        "--aws-report",
        action="store_true",
        help="at the end, show which calls of AWS the tests made, and which input members were not honoured",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and what the options ask for."""
    config.addinivalue_line(
        "markers",
        "aws(account_id=…, region=…, seed=…, strict=…, isolated=…, services=…, fallback=…, passthrough=…, "
        "faults={operation: options}): options of the aws fixture's Cloud, as mock_aws takes them, and faults that it "
        "starts with",
    )
    active.run_options, outer = _ini_options(config), active.run_options  # pytest may run within pytest
    config.add_cleanup(lambda: setattr(active, "run_options", outer))
    if config.getoption("--aws-strict"):
        before = os.environ.get("AWSIM_STRICT")
        os.environ["AWSIM_STRICT"] = "1"
        config.add_cleanup(lambda: _put_back("AWSIM_STRICT", before))
    if config.getoption("--aws-report"):
        from awsim.run_report import RunReport

        report = config.stash[_REPORT] = RunReport()
        active.observers.append(report.add)
        config.add_cleanup(lambda: active.observers.remove(report.add))


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test whose marker has options has the Cloud, also if it does not name the fixture: it would reach AWS else."""
    # Without options it may be a suite's own marker, of tests that are for the real AWS.
    if (
        isinstance(item, pytest.Function)
        and "aws" not in item.fixturenames
        and any(marker.kwargs for marker in item.iter_markers("aws"))
    ):
        item.fixturenames.insert(0, "aws")


# -- fixtures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def aws(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A fresh Cloud, active during the test: ``aws.client("sqs")``, ``aws.resource``, ``aws.session``, ``aws.clock``.

    Options come from the ini file (``awsim_region`` …, which hold for every Cloud of the run) and, before those, from
    ``@pytest.mark.aws(region=…)``. Where the test also uses ``aws_session``, be it through another fixture, it is a
    fork of that Cloud; and else where a ``mock_aws`` is active already, as that of a module's fixture, of its Cloud.
    """
    from awsim.mock import mock_aws

    options: dict[str, Any] = {"isolated": request.config.getini("awsim_isolated")}
    for marker in reversed(list(request.node.iter_markers("aws"))):  # the closest marker last
        if marker.args:
            raise pytest.UsageError("@pytest.mark.aws takes options by name: @pytest.mark.aws(region='eu-west-1')")
        options = {**options, **{name: value for name, value in marker.kwargs.items() if value is not None}}
    faults = _faults(options.pop("faults", {}))
    mock = mock_aws(**options)
    seeded: Cloud | None = None
    if "aws_session" in request.fixturenames:
        seeded = request.getfixturevalue("aws_session")
    elif not options["isolated"]:
        seeded = active.current_cloud()
    if seeded is not None:
        if "fallback" in options:
            raise pytest.UsageError("a fork's fallback is that of the Cloud before it: say it in the ini file")
        mock = mock.over(seeded.fork())
    with mock as cloud:
        for operation, fault in faults.items():
            cloud.faults.add(operation, **fault)
        yield cloud


def _faults(faults: Any) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(faults, Mapping) and all(isinstance(options, Mapping) for options in faults.values()):
        return faults
    raise pytest.UsageError(
        "@pytest.mark.aws takes faults as {operation: options}: "
        f"faults={{'sqs.SendMessage': {{'error': 'ThrottlingException', 'times': 2}}}}, not {faults!r}"
    )


@pytest.fixture
def aws_server(aws: Cloud) -> Iterator[Server]:
    """The Cloud of ``aws`` behind HTTP, for other processes: ``aws_server.url``. Needs the extra ``server``."""
    from awsim.server import serve

    with serve(aws) as server:
        yield server


@pytest.fixture(scope="session")
def aws_session(request: pytest.FixtureRequest) -> Cloud:
    """A Cloud to seed once a run: what session fixtures make in it, through ``aws_session.client("s3")``, each test's
    ``aws`` has as a fork of its own."""
    from awsim.cloud import Cloud

    return Cloud()


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Harmless credentials in the environment, and none of the developer's own, for code that looks at them itself."""
    credentials = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SECURITY_TOKEN": "testing",
        "AWS_SESSION_TOKEN": "testing",
    }
    for name, value in credentials.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    if not os.environ.get("AWS_DEFAULT_REGION"):
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return credentials


def _ini_options(config: pytest.Config) -> dict[str, Any]:
    """What the ini file asks of every Cloud, as settings."""
    given = {name.removeprefix("awsim_"): config.getini(name) for name in _INI if name != "awsim_isolated"}
    options = {name: value for name, value in given.items() if value}
    if "fallback" in options:
        pairs = (line.partition("=") for line in options["fallback"])
        options["fallback"] = {
            service.strip() if is_one else "*": (name if is_one else service).strip() for service, is_one, name in pairs
        }
    return _settings(options)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    """Options of mock_aws as settings of a Cloud."""
    settings = dict(options)
    if "services" in settings:
        settings["services"] = frozenset(settings["services"])
    if "passthrough" in settings:
        from awsim.intercept.passthrough import read_option

        settings.update(read_option(settings.pop("passthrough"), {}))
    return settings


# -- what is reported --------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed test's report what its Cloud had and was asked."""
    report = yield
    if report.failed and call.excinfo is not None and "awsim.cloud" in sys.modules:
        from awsim.failure_report import cloud_of, sections

        cloud = cloud_of(getattr(item, "funcargs", {}), call.excinfo.tb)
        if cloud is not None:
            report.sections.extend(sections(cloud))
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a process of pytest-xdist has counted."""
    output = getattr(node, "workeroutput", {})
    report = node.config.stash.get(_REPORT, None)
    if report is not None and output.get("awsim_report") is not None:
        report.merge(output["awsim_report"])
    answered: dict[str, set[str]] = node.config.stash.setdefault(_FALLBACK, {})
    for name, operations in output.get("awsim_fallback", {}).items():
        answered.setdefault(name, set()).update(operations)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was counted to the process that reports, where there is one."""
    report = session.config.stash.get(_REPORT, None)
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        if report is not None:
            output["awsim_report"] = report.as_data()
        output["awsim_fallback"] = {name: sorted(found) for name, found in _answered_by_fallback().items()}


def _answered_by_fallback() -> dict[str, set[str]]:
    notices = sys.modules.get("awsim.fallback.notices")
    answered: dict[str, set[str]] = {} if notices is None else notices.answered
    return answered


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print what ``--aws-report`` asks for, and which services were not answered by awsim."""
    report = config.stash.get(_REPORT, None)
    if report is not None:
        terminalreporter.section("AWS")
        for line in report.lines():
            terminalreporter.write_line(line)
    answered = config.stash.setdefault(_FALLBACK, {})
    answered.update(_answered_by_fallback())
    if answered:
        from awsim.fallback.notices import lines

        for line in lines(answered):
            terminalreporter.write_line(f"awsim: {line}")
