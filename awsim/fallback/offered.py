"""Which operations a fallback may answer at all.

A service is never split: what moto made of it awsim would not see, and the other way round. So of a service that awsim
simulates, moto may answer only those operations that have nothing to do with what is simulated.
"""

from __future__ import annotations

#: Operations of simulated services whose resources stand alone: service -> operations.
INDEPENDENT: dict[str, frozenset[str]] = {
    # Storage Lens configurations are kept by account and touch nothing that is simulated.
    "s3control": frozenset(
        {
            "DeleteStorageLensConfiguration",
            "GetStorageLensConfiguration",
            "GetStorageLensConfigurationTagging",
            "ListStorageLensConfigurations",
            "PutStorageLensConfiguration",
            "PutStorageLensConfigurationTagging",
        }
    ),
}


def may_fall_back(service_name: str, operation_name: str, *, is_simulated: bool) -> bool:
    """Whether an operation without a provider method may be answered elsewhere, given whether its service has a
    provider."""
    return not is_simulated or operation_name in INDEPENDENT.get(service_name, ())
