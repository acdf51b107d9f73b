"""The provider of STS: one class per family of operations, merged into one service when this module is imported."""

from __future__ import annotations

from awsim.services.sts.federation import Federation
from awsim.services.sts.identity import Identity
from awsim.services.sts.roles import Roles
from awsim.services.sts.scoped_credentials import ScopedCredentials
from awsim.services.sts.tokens import Tokens

__all__ = ["Federation", "Identity", "Roles", "ScopedCredentials", "Tokens"]
