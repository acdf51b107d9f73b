"""What a fallback call costs over the same call under moto itself, in one run.

python -m benchmarks.fallback
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import boto3

#: Service, operation in boto3's spelling, and parameters; each reads what a fresh moto has.
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("ec2", "describe_vpcs", {}),
    ("iam", "list_roles", {}),
    ("rds", "describe_db_instances", {}),
    ("ecs", "list_clusters", {}),
    ("route53", "list_hosted_zones", {}),
    ("elbv2", "describe_load_balancers", {}),
    ("autoscaling", "describe_auto_scaling_groups", {}),
    ("cloudwatch", "list_metrics", {}),
    ("logs", "describe_log_groups", {}),
    ("events", "list_rules", {}),
    ("kinesis", "list_streams", {}),
    ("secretsmanager", "list_secrets", {}),
    ("ssm", "describe_parameters", {}),
    ("kms", "list_keys", {}),
    ("sns", "list_topics", {}),
    ("stepfunctions", "list_state_machines", {}),
    ("glue", "get_databases", {}),
    ("athena", "list_work_groups", {}),
    ("cloudformation", "list_stacks", {}),
]
BAR = 1.1


def under_awsim(service: str, operation: str, parameters: dict[str, Any], rounds: int) -> float:
    """Median CPU seconds of a call that falls back."""
    from awsim import mock_aws

    with mock_aws(fallback="moto"):
        return _median(getattr(boto3.client(service, region_name="us-east-1"), operation), parameters, rounds)


def under_moto(service: str, operation: str, parameters: dict[str, Any], rounds: int) -> float:
    """Median CPU seconds of the same call under moto alone."""
    import moto

    with moto.mock_aws():
        return _median(getattr(boto3.client(service, region_name="us-east-1"), operation), parameters, rounds)


def _median(call: Callable[..., Any], parameters: dict[str, Any], rounds: int) -> float:
    call(**parameters)
    times = []
    for _ in range(rounds):
        started = time.process_time()
        call(**parameters)
        times.append(time.process_time() - started)
    return statistics.median(times)


def ratio(service: str, operation: str, parameters: dict[str, Any], rounds: int = 60, repeats: int = 5) -> float:
    """The fallback's time over moto's, the median of several pairs."""
    pairs = [
        under_awsim(service, operation, parameters, rounds) / under_moto(service, operation, parameters, rounds)
        for _ in range(repeats)
    ]
    return statistics.median(pairs)


def main() -> None:
    """Print a row a call."""
    for service, operation, parameters in CALLS:
        found = ratio(service, operation, parameters)
        verdict = "met" if found <= BAR else "MISSED"
        print(f"| {f'{service}.{operation}':<42} | {found:.2f}x moto | at most {BAR}x | {verdict} |")


if __name__ == "__main__":
    main()
