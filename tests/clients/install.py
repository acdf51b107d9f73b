"""Installs the clients that the tests of this folder run: ``python -m tests.clients.install FOLDER``.

The AWS CLI has a virtual environment of its own, for it pins botocore; the other Python libraries have one together.
The SDK for JavaScript comes from npm, where there is one. What is installed already is left as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PYTHON_CLIENTS = ("s3fs>=2025", "pyarrow", "boto3", "requests", "obstore>=0.8", "minio>=7.2.16", "s3cmd")


def install(folder: Path) -> None:
    """Install all clients below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    cli = folder / "awscli"
    if not (cli / "bin" / "aws").exists():
        subprocess.run([sys.executable, "-m", "venv", str(cli)], check=True)
        subprocess.run([str(cli / "bin" / "pip"), "install", "--quiet", "awscli>=1.40,<2"], check=True)
    python = folder / "python"
    if not (python / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(python)], check=True)
        subprocess.run([str(python / "bin" / "pip"), "install", "--quiet", *PYTHON_CLIENTS], check=True)
        (python / "ready").touch()
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not here: the scenarios of the SDK for JavaScript will be skipped")
        return
    shutil.copy(HERE / "js" / "package.json", folder / "package.json")
    if not (folder / "node_modules" / "@aws-sdk" / "client-sts").exists():
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
