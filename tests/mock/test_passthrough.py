"""``passthrough=``: what is named reaches the real AWS on purpose, and nothing else does."""

from __future__ import annotations

import socket

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from awsim import EscapeError, MisuseError, mock_aws

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts whose addresses are asked for; none has one."""
    hosts: list[str] = []

    def getaddrinfo(host: str, *args: object, **kwargs: object) -> object:
        hosts.append(host)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return hosts


def test_a_service_by_name(asked: list[str]) -> None:
    with mock_aws(passthrough=["cloudwatch"]):
        with pytest.raises(EndpointConnectionError):
            boto3.client("cloudwatch", config=ONCE).list_metrics()
        assert boto3.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert asked == ["monitoring.us-east-1.amazonaws.com"]


def test_a_host_with_wildcards(asked: list[str]) -> None:
    with mock_aws(passthrough=["real-*.s3.*.amazonaws.com"]):
        for bucket in ("real-data", "other"):
            url = f"https://{bucket}.s3.eu-west-1.amazonaws.com/key"
            if bucket == "other":
                assert requests.get(url, timeout=5).status_code == 404
            else:
                with pytest.raises(requests.ConnectionError):
                    requests.get(url, timeout=5)
    assert asked == ["real-data.s3.eu-west-1.amazonaws.com"]


def test_a_host_is_meant_as_a_whole(asked: list[str]) -> None:
    with mock_aws(passthrough=["s3.amazonaws.com"]), pytest.raises(EscapeError):
        socket.getaddrinfo("s3.amazonaws.com.evil.amazonaws.com", 443)
    assert asked == []


def test_a_decorator_and_the_config_add_up(asked: list[str]) -> None:
    @mock_aws(passthrough=["athena"], config={"core": {"passthrough": {"services": ["glue"]}}})
    def ask(service: str) -> None:
        client = boto3.client(service, config=ONCE)
        call = client.list_data_catalogs if service == "athena" else client.get_databases
        with pytest.raises(EndpointConnectionError):
            call()

    ask("athena")
    ask("glue")
    assert asked == ["athena.us-east-1.amazonaws.com", "glue.us-east-1.amazonaws.com"]


MISTAKES: dict[str, tuple[object, str]] = {
    "no service": (["atena"], "AWS has no service 'atena', and no host is called so. Did you mean athena?"),
    "a url": (["https://s3.amazonaws.com/"], "passthrough= takes names of services and hosts, not 'https://s3.amaz"),
    "no text": ([3], "passthrough= takes names of services and hosts, not 3"),
    "empty": ([""], "passthrough= takes names of services and hosts, not ''"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_neither_is_told_at_once(mistake: str) -> None:
    passthrough, message = MISTAKES[mistake]
    with pytest.raises(MisuseError) as caught:
        mock_aws(passthrough=passthrough)  # type: ignore[call-overload]  # on purpose
    assert str(caught.value).startswith(message)


def test_the_ini_option(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nawsim_passthrough = athena *.example.amazonaws.com\n")
    pytester.makepyfile(
        """
        def test_it(aws):
            assert aws.settings.passthrough_services == {"athena"}
            assert len(aws.settings.passthrough_urls) == 1
        """
    )
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_a_single_name_need_be_in_no_list() -> None:
    with mock_aws(passthrough="athena") as aws:
        assert aws.settings.passthrough_services == {"athena"}
