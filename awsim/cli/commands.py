"""The commands, as click knows them: their options, and what they print."""

from __future__ import annotations

import json
from pathlib import Path

import click

from awsim import __version__, spec
from awsim.cli import names
from awsim.cli.completion import completion, service_names
from awsim.cli.coverage import coverage_of, coverage_of_all
from awsim.cli.running import calls, clock, reset, services, snapshot, status
from awsim.cli.scaffold import SourceFile, scaffold_provider, scaffold_stubs
from awsim.cli.serve import serve
from awsim.cli.tables import show_service, show_tier_totals, show_tiers, show_totals


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="awsim")
def awsim() -> None:
    """AWS inside the test process, and behind HTTP: serve it, look at it, control it, and add to it."""


for command in (serve, status, services, calls, clock, snapshot, reset, completion):
    awsim.add_command(command)


@awsim.command()
@click.argument("service", required=False, shell_complete=service_names)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
@click.option("--plain", is_flag=True, help="Print aligned columns, without colours.")
@click.option("--tier", is_flag=True, help="Who answers each operation: awsim, the fallback moto, or nobody.")
def coverage(service: str | None, as_json: bool, plain: bool, tier: bool) -> None:
    """What is simulated: all services, or one SERVICE down to the members that it honours."""
    if tier:
        _show_tiers(service, as_json=as_json, plain=plain)
        return
    if service is None:
        coverages = coverage_of_all()
        if as_json:
            click.echo(json.dumps([each.totals_as_json() for each in coverages], indent=2))
        else:
            show_totals(coverages, len(spec.service_names()), plain=plain)
        return
    found = coverage_of(_service_name(service))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    else:
        show_service(found, plain=plain)


def _show_tiers(service: str | None, *, as_json: bool, plain: bool) -> None:
    from awsim.fallback.tiers import tiers_of

    services = [_service_name(service)] if service is not None else sorted(spec.service_names())
    tiers = {name: tiers_of(name) for name in services}
    if as_json:
        click.echo(json.dumps(tiers, indent=2))
    elif service is not None:
        show_tiers(tiers[services[0]], plain=plain)
    else:
        show_tier_totals(tiers, plain=plain)


@awsim.command()
@click.argument("service", shell_complete=service_names)
@click.argument("operations", metavar="[OPERATION]...", nargs=-1)
@click.option("--stubs", is_flag=True, help="Typed stubs of the whole API instead of a provider.")
@click.option(
    "--package",
    metavar="NAME",
    help="The package that the modules shall belong to.  [default: awsim.services.<service>]",
)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="PATH",
    help="Write the files below this folder (the root of a checkout) instead of printing them.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
def scaffold(
    service: str, operations: tuple[str, ...], stubs: bool, package: str | None, save: Path | None, force: bool
) -> None:
    """Begin a provider of SERVICE: its methods with their exact arguments, and a first test.

    With OPERATIONs only those; of a service that is simulated already, those that are missing.
    """
    name = _service_name(service)
    package = package or f"awsim.services.{spec.package_name(name)}"
    if not all(part.isidentifier() for part in package.split(".")):
        raise click.UsageError(f"{package!r} cannot be the name of a package.")
    if stubs:
        if operations:
            raise click.UsageError("--stubs are of the whole API; they take no operations.")
        files = [scaffold_stubs(name, package)]
    else:
        try:
            wanted = [names.operation_name(name, operation) for operation in operations]
        except names.UnknownNameError as error:
            raise click.UsageError(str(error)) from None
        files = _provider(name, wanted, package)
    if save is None:
        _print(files)
    else:
        _save(files, save, force=force)


def _service_name(written: str) -> str:
    try:
        return names.service_name(written)
    except names.UnknownNameError as error:
        raise click.UsageError(str(error)) from None


def _provider(service_name: str, wanted: list[str], package: str) -> list[SourceFile]:
    simulated = {operation.name for operation in coverage_of(service_name).operations if operation.simulated}
    already = [name for name in wanted if name in simulated]
    if already:
        raise click.UsageError(f"{service_name} simulates {', '.join(already)} already.")
    missing = [name for name in wanted or spec.load_service(service_name).operation_names if name not in simulated]
    if not missing:
        raise click.ClickException(f"{service_name} simulates all of its operations already.")
    return scaffold_provider(service_name, missing, package)


def _print(files: list[SourceFile]) -> None:
    """One file as it is; several with their paths between, as comments."""
    if len(files) == 1:
        click.echo(files[0].source, nl=False)
        return
    click.echo("\n\n".join(f"# {'-' * 8} {file.path}\n\n{file.source}" for file in files), nl=False)


def _save(files: list[SourceFile], folder: Path, *, force: bool) -> None:
    present = [file.path for file in files if (folder / file.path).exists()]
    if present and not force:
        listed = ", ".join(map(str, present))
        raise click.ClickException(f"not written, since there already: {listed} (--force overwrites)")
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.source, encoding="utf-8")
        click.echo(f"wrote {path}")
