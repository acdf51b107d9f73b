"""moto's ``config=`` as awsim's options, so that moving from moto is one changed import."""

from __future__ import annotations

import warnings
from typing import Any

import attrs

from awsim.errors import MisuseError


@attrs.frozen
class ConfigOptions:
    """What a config asks for."""

    mock_credentials: bool
    reset_boto3_session: bool
    settings: dict[str, Any]


# What awsim does anyway, or does not need: accepted in silence. section -> keys.
_WITHOUT_EFFECT = {
    "iam": {"load_aws_managed_policies"},
    "lambda": {"use_docker"},
    "batch": {"use_docker"},
}


def read_config(config: dict[str, Any]) -> ConfigOptions:
    """Read a moto config. Keys that it does not know are ignored, with a warning each."""
    if not isinstance(config, dict) or not isinstance(config.get("core") or {}, dict):
        raise MisuseError(f"config= is moto's, as {{'core': {{'mock_credentials': False}}}}, not {config!r}")
    core = dict(config.get("core") or {})
    settings: dict[str, Any] = {}
    passthrough = dict(core.pop("passthrough", None) or {})
    if urls := passthrough.pop("urls", None):
        settings["passthrough_urls"] = tuple(urls)
    if services := passthrough.pop("services", None):
        settings["passthrough_services"] = frozenset(services)
    if whitelist := core.pop("service_whitelist", None):
        settings["services"] = frozenset(whitelist)
    options = ConfigOptions(
        mock_credentials=bool(core.pop("mock_credentials", True)),
        reset_boto3_session=bool(core.pop("reset_boto3_session", True)),
        settings=settings,
    )
    unknown = [f"core.passthrough.{key}" for key in passthrough] + [f"core.{key}" for key in core]
    for section, values in config.items():
        if section != "core":
            known = _WITHOUT_EFFECT.get(section, set())
            keys = values if isinstance(values, dict) else {}
            unknown += [f"{section}.{key}" for key in keys if key not in known] if keys else [section]
    for key in unknown:
        warnings.warn(f"mock_aws: config key {key!r} is not known and ignored", stacklevel=4)
    return options
