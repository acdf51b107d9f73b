"""Dependencies point one way, and what must not be used is not used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import awsim

PACKAGE = Path(awsim.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
SERVICES = sorted(
    path for path in MODULES if path.is_relative_to(PACKAGE / "services") and path.parent.name != "services"
)

#: What a part of the package must not import. Type-checking imports do not count: they cost nothing and run nothing.
FORBIDDEN = {
    "protocol": ["cloud", "context", "gateway", "services", "intercept", "mock", "connect", "active", "server", "cli"],
    "aws": ["cloud", "context", "gateway", "services", "intercept", "mock", "connect", "protocol"],
    "stores.py": ["cloud", "context", "gateway", "services", "intercept", "protocol", "spec"],
    "clock.py": ["cloud", "context", "gateway", "services", "spec", "protocol"],
    "ids.py": ["cloud", "context", "gateway", "services", "spec", "protocol"],
    "schedule.py": ["cloud", "context", "gateway", "services", "spec", "protocol"],
    "errors.py": ["cloud", "context", "gateway", "services", "protocol"],
    "spec.py": ["cloud", "context", "gateway", "services", "protocol", "errors"],
    "gateway": ["intercept", "mock", "pytest_plugin", "cli", "server"],
    "services": ["protocol.codec", "protocol.router", "gateway", "intercept", "mock", "cli", "server", "active"],
}


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports when it runs."""
    tree = ast.parse(path.read_text())
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            skipped.update(ast.walk(node))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(module: str, package: str) -> bool:
    return module == f"awsim.{package}" or module.startswith(f"awsim.{package}.")


@pytest.mark.parametrize("part", sorted(FORBIDDEN))
def test_no_part_imports_what_stands_above_it(part: str) -> None:
    root = PACKAGE / part
    files = [root] if root.is_file() else sorted(root.rglob("*.py"))
    assert files
    found = [
        f"{path.relative_to(PACKAGE)} imports {module}"
        for path in files
        for module in imports(path)
        for above in FORBIDDEN[part]
        if is_in(module, above)
    ]
    assert found == []


def test_no_service_imports_another() -> None:
    found = []
    for path in SERVICES:
        own = path.relative_to(PACKAGE / "services").parts[0]
        for module in imports(path):
            name = module.removeprefix("awsim.services.").split(".")[0]
            if is_in(module, "services") and name not in (own, "plugins", "awsim"):
                found.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert found == []


@pytest.mark.parametrize(
    ("modules", "allowed"),
    [
        (("botocore.loaders", "botocore.model"), {"spec.py"}),
        (("botocore.awsrequest",), {"intercept/botocore.py", "fallback/moto_call.py"}),
        (("botocore.signers",), {"intercept/botocore.py", "intercept/client_clock.py"}),
        (("botocore.endpoint",), {"intercept/botocore.py", "intercept/waits.py"}),
    ],
)
def test_only_one_module_knows_each_side_of_botocore(modules: tuple[str, ...], allowed: set[str]) -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        for module in imports(path)
        if module.startswith(modules)
    }
    assert users <= allowed


#: Calls that services must not make -> what to use instead.
BANNED = {
    "time.time": "context.time()",
    "time.sleep": "context.schedule() or context.wait()",
    "time.monotonic": "context.time()",
    "datetime.now": "context.now()",
    "datetime.utcnow": "context.now()",
    "datetime.datetime.now": "context.now()",
    "datetime.datetime.utcnow": "context.now()",
    "uuid.uuid4": "context.new_uuid()",
    "uuid4": "context.new_uuid()",
    "uuid.uuid1": "context.new_uuid()",
    "secrets.token_hex": "context.random",
    "secrets.token_bytes": "context.random",
    "os.urandom": "context.random",
    "threading.Thread": "context.schedule()",
    "threading.Lock": "the Cloud's lock, which the gateway holds",
    "boto3.client": "context.client()",
    "socket.socket": "context.client()",
    "pickle.loads": "nothing: state is plain data",
    "eval": "a parser",
    "exec": "a parser",
}


def banned_calls(source: str) -> list[str]:
    found = []
    tree = ast.parse(source)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in BANNED or ("random" in imported and name.startswith("random.") and name != "random.Random"):
                found.append(f"line {node.lineno}: {name}; use {BANNED.get(name, 'context.random')}")
    return found


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_services_have_no_clock_chance_thread_or_network_of_their_own(path: Path) -> None:
    assert banned_calls(path.read_text()) == []


def test_the_ban_finds_what_it_bans() -> None:
    source = "import time, random\ntime.time()\nrandom.choice([1])\ncontext.random.choice([1])\n"
    assert banned_calls(source) == [
        "line 2: time.time; use context.time()",
        "line 3: random.choice; use context.random",
    ]


def test_no_module_is_too_long_to_read_in_one_sitting() -> None:
    long = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in MODULES
        if (lines := len(path.read_text().splitlines())) > 600
    }
    assert long == {}


def test_every_module_says_what_it_owns() -> None:
    silent = [
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_every_deviation_is_a_comment_that_the_reference_collects() -> None:
    uncollected = [
        f"{path.relative_to(PACKAGE).as_posix()}: {line.strip()}"
        for path in MODULES
        for line in path.read_text().splitlines()
        if "deviation:" in line.lower() and not line.strip().startswith("# Deviation: ")
    ]
    assert uncollected == []
