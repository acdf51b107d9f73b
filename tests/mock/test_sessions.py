"""Sessions made while a Cloud is active are quick, and otherwise as ever."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.handlers
import botocore.session
import pytest

from awsim import Cloud


def handlers_of(session: Any) -> list[str]:
    return [name for name, _, _ in _walk(session._original_handler._handlers._root, "")]


def _walk(node: dict[str, Any], prefix: str) -> Any:
    values, children = node.get("values"), node["children"]
    if values is not None:
        for section in ("first", "middle", "last"):
            yield from ((prefix, section, handler) for handler in getattr(values, section))
    for name, child in children.items():
        yield from _walk(child, f"{prefix}.{name}")


def test_a_session_has_botocores_own_handlers_in_their_order(aws: Cloud) -> None:
    inside = list(_walk(botocore.session.Session()._original_handler._handlers._root, ""))
    from awsim.intercept import sessions

    plain: Any = object.__new__(botocore.session.Session)
    sessions._real_init(plain)
    assert inside == list(_walk(plain._original_handler._handlers._root, ""))
    assert len(inside) == len(botocore.handlers.BUILTIN_HANDLERS)


def test_handlers_of_one_session_are_not_anothers(aws: Cloud) -> None:
    one, other = botocore.session.Session(), botocore.session.Session()
    one.register("before-call.sqs", lambda **_: None)
    assert ".before-call.sqs" in handlers_of(one)
    assert ".before-call.sqs" not in handlers_of(other)
    assert ".before-call.sqs" not in handlers_of(botocore.session.Session())


def test_handlers_that_a_library_adds_to_botocores_are_there(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    added = ("before-call.of-a-library", lambda **_: None)
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", [*botocore.handlers.BUILTIN_HANDLERS, added])
    assert ".before-call.of-a-library" in handlers_of(botocore.session.Session())


def test_credentials_come_from_where_botocore_looks_for_them(
    aws: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert boto3.Session().get_credentials().access_key == "testing"
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = of-work\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    assert boto3.Session(profile_name="work").get_credentials().access_key == "of-work"
    (tmp_path / "config").write_text("[profile empty]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    # No instance is asked for those that a profile does not have.
    empty = boto3.Session(profile_name="empty")
    assert empty.get_credentials() is None
    assert empty.client("sts").get_caller_identity()["Account"] == "123456789012"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-environment")
    assert boto3.Session().get_credentials().access_key == "of-the-environment"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert boto3.Session().get_credentials().access_key == "of-work"


def test_the_chain_of_credential_providers_can_be_looked_at_and_changed(aws: Cloud) -> None:
    core = botocore.session.Session()
    resolver = core.get_component("credential_provider")
    assert resolver.get_provider("assume-role").METHOD == "assume-role"

    class Own:
        METHOD = CANONICAL_NAME = "own"

        def load(self) -> Any:
            return botocore.credentials.Credentials("own", "secret")

    resolver.insert_before("env", Own())
    assert core.get_credentials().access_key == "own"


def test_a_folder_of_the_users_own_models_is_looked_into(
    aws: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    folder = tmp_path / "acme" / "2020-01-01"
    folder.mkdir(parents=True)
    metadata = '"apiVersion": "2020-01-01", "endpointPrefix": "acme", "protocol": "json", "serviceId": "Acme"'
    (folder / "service-2.json").write_text(f'{{"version": "2.0", "metadata": {{{metadata}}}, "operations": {{}}}}')
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert "acme" in botocore.session.Session().get_available_services()
    monkeypatch.delenv("AWS_DATA_PATH")
    assert "acme" not in botocore.session.Session().get_available_services()


def test_models_are_read_once_for_all_sessions(aws: Cloud) -> None:
    one, other = (botocore.session.Session().get_component("data_loader") for _ in range(2))
    assert one.load_service_model("sqs", "service-2") is other.load_service_model("sqs", "service-2")
    assert len(other.search_paths) == 2
