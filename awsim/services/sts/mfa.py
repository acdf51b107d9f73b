"""Multi-factor authentication, as far as it goes without IAM's devices."""

from __future__ import annotations

from awsim.services.sts.errors import AccessDenied


def check_mfa(serial_number: str | None, token_code: str | None) -> str:
    """The serial number of the device that vouches for the caller, or "". Raises AccessDenied for half of a pair."""
    # Deviation: every device exists, and every code of six digits is right.
    if (serial_number is None) != (token_code is None):
        raise AccessDenied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
        )
    return serial_number or ""
