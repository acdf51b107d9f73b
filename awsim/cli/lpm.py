"""``awsim lpm``: the programs that services need, listed and installed."""

from __future__ import annotations

import json

import click

from awsim.cli.tables import show_table


@click.group()
def lpm() -> None:
    """Programs that services need and that pip does not bring."""


@lpm.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
@click.option("--plain", is_flag=True, help="Print aligned columns, without colours.")
def list_packages(as_json: bool, plain: bool) -> None:
    """Which there are, and whether they are installed."""
    from awsim.packages import packages

    told = []
    for name, package in sorted(packages().items()):
        found = package.installed
        path = found.executable() if found is not None else None
        told.append(
            {
                "name": name,
                "description": package.description,
                "installed": found is not None,
                "source": found.source if found is not None else "",
                "path": str(path or ""),
            }
        )
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    rows = [
        (str(one["name"]), "yes" if one["installed"] else "no", str(one["path"] or "-"), str(one["description"]))
        for one in told
    ]
    show_table(("Package", "Installed", "Where", "What"), rows, plain=plain)


@lpm.command()
@click.argument("names", metavar="PACKAGE...", nargs=-1, required=True)
def install(names: tuple[str, ...]) -> None:
    """Install programs: from this machine's PATH where they are there, else from where they are published."""
    from rich.console import Console

    from awsim.packages import package_of
    from awsim.packages.package import PackageError

    for name in names:
        try:
            package = package_of(name)
            with Console(stderr=True).status(f"Installing {name}"):
                path = package.install()
        except PackageError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{name}: {path}")
