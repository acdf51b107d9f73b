"""Completions for shells, by click."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what a SHELL reads to complete awsim's commands.

    \b
    bash:  eval "$(awsim completion bash)"        in ~/.bashrc
    zsh:   eval "$(awsim completion zsh)"         in ~/.zshrc
    fish:  awsim completion fish > ~/.config/fish/completions/awsim.fish
    """
    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(context.find_root().command, {}, "awsim", "_AWSIM_COMPLETE").source())


def service_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The services whose names begin so."""
    from awsim import spec

    return [CompletionItem(name) for name in sorted(spec.service_names()) if name.startswith(incomplete.lower())]
