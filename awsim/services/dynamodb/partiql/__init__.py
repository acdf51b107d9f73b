"""PartiQL, as DynamoDB speaks it.

parse("SELECT * FROM music WHERE artist = ?", [{"S": "a"}])  -> Select, Insert, UpdateStatement, Delete or Exists
key_terms(where), choices(where, "artist"), primary_key(where, ("artist", "song"))   what a WHERE says about keys
"""

from __future__ import annotations

from awsim.services.dynamodb.partiql.parser import parse
from awsim.services.dynamodb.partiql.statements import Delete, Exists, Insert, Select, Statement, UpdateStatement
from awsim.services.dynamodb.partiql.where import choices, key_terms, listed, primary_key

__all__ = [
    "Delete",
    "Exists",
    "Insert",
    "Select",
    "Statement",
    "UpdateStatement",
    "choices",
    "key_terms",
    "listed",
    "parse",
    "primary_key",
]
