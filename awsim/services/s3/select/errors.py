"""What SelectObjectContent refuses, by AWS's "List of SELECT Object Content error codes"."""

from __future__ import annotations

from awsim.services.s3.errors import S3Error


class InvalidExpressionType(S3Error):
    default_message = "The ExpressionType is invalid. Only SQL expressions are supported."


class ExpressionTooLong(S3Error):
    default_message = "The SQL expression is too long: The maximum byte-length for the SQL expression is 256 KB."


class MissingRequiredParameter(S3Error):
    default_message = (
        "The SelectRequest entity is missing a required parameter. Check the service documentation and try again."
    )


class InvalidDataSource(S3Error):
    default_message = "Invalid data source type. Only CSV, JSON, and Parquet are supported at this time."


class InvalidCompressionFormat(S3Error):
    default_message = "The file is not in a supported compression format. Only GZIP and BZIP2 are supported."


class InvalidFileHeaderInfo(S3Error):
    default_message = "The FileHeaderInfo is invalid. Only NONE, USE, and IGNORE are supported."


class InvalidJsonType(S3Error):
    default_message = "The JsonType is invalid. Only DOCUMENT and LINES are supported."


class InvalidQuoteFields(S3Error):
    default_message = "The QuoteFields is invalid. Only ALWAYS and ASNEEDED are supported."


class InvalidRequestParameter(S3Error):
    default_message = (
        "The value of a parameter in SelectRequest element is invalid. Check the service "
        "API documentation and try again."
    )


class InvalidScanRange(S3Error):
    default_message = "The provided scan range is not valid."


class UnsupportedScanRangeInput(S3Error):
    default_message = "Scan range queries are not supported on this type of object."


class TruncatedInput(S3Error):
    default_message = (
        "Object decompression failed. Check that the object is properly compressed using "
        "the format specified in the request."
    )


class InvalidTextEncoding(S3Error):
    default_message = "The encoding type is not valid. Only UTF-8 encoding is supported."


class CSVParsingError(S3Error):
    default_message = "Encountered an error parsing the CSV file. Check the file and try again."


class JSONParsingError(S3Error):
    default_message = "Encountered an error parsing the JSON file. Check the file and try again."


class ParquetParsingError(S3Error):
    default_message = "Error parsing Parquet file. Please check the file and try again."


class MissingHeaders(S3Error):
    default_message = "Some headers in the query are missing from the file. Check the file and try again."


class CastFailed(S3Error):
    default_message = "Attempt to convert from one data type to another using CAST failed in the SQL expression."


class EvaluatorInvalidArguments(S3Error):
    default_message = "Incorrect number of arguments in the function call in the SQL expression."


class EvaluatorInvalidTimestampFormatPattern(S3Error):
    default_message = "Invalid time stamp format string in the SQL expression."


class UnsupportedFunction(S3Error):
    default_message = "Encountered an unsupported SQL function."


class UnsupportedSqlOperation(S3Error):
    default_message = "Encountered an unsupported SQL operation."


class UnsupportedSqlStructure(S3Error):
    default_message = "Encountered an unsupported SQL structure. Check the SQL Reference."


class ParseUnexpectedToken(S3Error):
    default_message = "The SQL expression contains an unexpected token."


class ParseSelectMissingFrom(S3Error):
    default_message = "The SQL expression contains a missing FROM after the SELECT list."


class ParseExpectedKeyword(S3Error):
    default_message = "Did not find the expected keyword in the SQL expression."


class InvalidTableAlias(S3Error):
    default_message = "The SQL expression contains an invalid table alias."
