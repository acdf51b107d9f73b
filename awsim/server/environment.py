"""What LocalStack's users set in the environment, as settings of a Cloud.

SERVICES                 the services that are meant
STRICT_SERVICE_LOADING   whether they are the only ones; 1 unless told otherwise
EAGER_SERVICE_LOADING    whether they are loaded when the server starts, instead of at their first request
"""

from __future__ import annotations

import os
from typing import Any

from awsim.server.options import is_true
from awsim.services.plugins import simulated_services
from awsim.settings import Settings


def settings_from_environment(**options: Any) -> Settings:
    """A served Cloud's settings, and before those the options given."""
    if seed := os.environ.get("AWSIM_SEED"):
        options.setdefault("seed", seed)
    if not is_true(os.environ.get("STRICT_SERVICE_LOADING", "1")):
        options.setdefault("services", None)
    return Settings.from_environment(**options)


def eager_services(enabled: frozenset[str] | None) -> list[str]:
    """The services to load when the server starts; ``enabled`` are the only ones that answer, None for all."""
    if not is_true(os.environ.get("EAGER_SERVICE_LOADING")):
        return []
    meant = {name.strip() for name in os.environ.get("SERVICES", "").split(",") if name.strip()}
    return sorted(simulated_services() & (enabled or meant or simulated_services()))
