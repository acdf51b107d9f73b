"""Source code from the specification: the beginning of a provider, and typed stubs of an API.

What is generated belongs to whoever generates it; nothing of awsim is made this way.
"""

from __future__ import annotations

from awsim.cli.scaffold.provider import scaffold_provider
from awsim.cli.scaffold.source import SourceFile
from awsim.cli.scaffold.stubs import scaffold_stubs

__all__ = ["SourceFile", "scaffold_provider", "scaffold_stubs"]
