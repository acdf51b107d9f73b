"""The reference's pages of services, derived from the code at each build: operations, members, deviations."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from awsim import spec
from awsim.fallback.tiers import tiers_of
from awsim.services.plugins import find_plugin, simulated_services

HERE = Path(__file__).parents[1] / "reference" / "services"
PACKAGE = Path(spec.__file__).parent / "services"


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", lambda _: write_pages())
    app.connect("builder-inited", lambda _: write_tiers())
    return {"parallel_read_safe": True}


def write_pages() -> None:
    """Write a page a service, and their index."""
    HERE.mkdir(parents=True, exist_ok=True)
    names = sorted(simulated_services())
    for name in names:
        (HERE / f"{name}.md").write_text(page(name), encoding="utf-8")
    index = ["# Services", "", "What is simulated, down to input members, derived from the code.", "", "```{toctree}"]
    (HERE / "index.md").write_text("\n".join([*index, *names, "```", ""]), encoding="utf-8")


def write_tiers() -> None:
    """Write the page that tells of every operation of AWS who answers it."""
    (HERE.parent / "tiers.md").write_text(tiers_page(), encoding="utf-8")


def tiers_page() -> str:
    """Every service: how many operations are simulated, fall back or are absent; and which, of those that have any."""
    tiers = {name: tiers_of(name) for name in sorted(spec.service_names())}
    lines = [
        "# Who answers what",
        "",
        "Of every operation that botocore knows: whether awsim simulates it, the fallback moto answers it if asked for,"
        " or nobody does. Derived from the code of both.",
        "",
        "| service | simulated | moto | absent |",
        "|---|---|---|---|",
    ]
    for name, found in tiers.items():
        counts = Counter(found.values())
        lines.append(f"| {name} | {counts['simulated']} | {counts['moto']} | {counts['absent']} |")
    for name, found in tiers.items():
        lines += ["", f"## {name}", ""]
        for tier in ("simulated", "moto", "absent"):
            operations = [operation for operation, its_tier in found.items() if its_tier == tier]
            if operations:
                lines.append(f"- {tier}: {', '.join(operations)}")
    return "\n".join([*lines, ""])


def page(service_name: str) -> str:
    """One service's page."""
    model = spec.load_service(service_name)
    plugin = find_plugin(service_name)
    assert plugin is not None
    skeleton = plugin.create_service().skeleton
    assert skeleton is not None
    bindings = skeleton.bindings
    lines = [
        f"# {service_name}",
        "",
        f"{model.metadata['serviceFullName']}: {len(bindings)} of {len(model.operation_names)} operations simulated.",
        "",
        "| operation | simulated | members honoured | members not honoured |",
        "|---|---|---|---|",
    ]
    for operation_name in sorted(model.operation_names):
        shape = model.operation_model(operation_name).input_shape
        members = list(shape.members) if shape is not None else []
        binding = bindings.get(operation_name)
        if binding is None:
            lines.append(f"| {operation_name} | no | | |")
            continue
        honoured = [name for name in members if binding.honours_all or name in binding.arguments]
        ignored = [name for name in members if name not in honoured]
        lines.append(f"| {operation_name} | yes | {', '.join(honoured)} | {', '.join(ignored)} |")
    lines += ["", "## Deviations from AWS", ""]
    found = deviations(PACKAGE / spec.package_name(service_name))
    lines += [f"- {text}" for text in found] or ["None is known."]
    return "\n".join([*lines, ""])


def deviations(folder: Path) -> list[str]:
    """The ``# Deviation:`` comments of a service, each as a sentence."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for match in re.finditer(
            r"# Deviation: (.*(?:\n\s*# (?!AWS:|Deviation:).*)*)", path.read_text(encoding="utf-8")
        ):
            found.append(re.sub(r"\s*\n\s*# ?", " ", match.group(1)).strip())
    return found
