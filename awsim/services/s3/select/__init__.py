"""SelectObjectContent's engine: records out of an object, an SQL expression over them, records as answers carry them.

Knows no requests. sqlglot parses the expressions and duckdb reads Parquet: the extra ``select``.
"""

from awsim.errors import MissingExtraError

try:
    import sqlglot  # noqa: F401  # what is below cannot do without
except ImportError:
    raise MissingExtraError("SelectObjectContent needs sqlglot: pip install 'awsim[select]'") from None
