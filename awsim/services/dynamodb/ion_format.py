"""Items as Amazon Ion, the text form.

Owns how DynamoDB's types are written in Ion and read back (Developer Guide, "DynamoDB table export output format").
Ion's own syntax is its library's, an extra.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from typing import Any

from awsim.aws.dynamodb_items import Item
from awsim.errors import MissingExtraError

#: Exact for each number of DynamoDB.
_EXACT = Context(prec=400)
_SET_ANNOTATION = "$dynamodb_"
_SETS = ("SS", "NS", "BS")


def write_struct(record: Mapping[str, Any]) -> str:
    """A record (name -> item, or name -> attribute value's content) as one Ion struct, ``$ion_1_0 {Item:{…}}``."""
    ion = _library()
    members = {name: {key: _write(value) for key, value in item.items()} for name, item in record.items()}
    return str(ion.simpleion.dumps(members, binary=False))


def read_structs(data: bytes) -> Iterator[Mapping[str, Any]]:
    """The structs of a stream, text or binary, as the library gives them. Raises ValueError for what is no Ion."""
    ion = _library()
    try:
        yield from ion.simpleion.load(_stream(data), single_value=False)
    except ion.exceptions.IonException as error:
        raise ValueError(f"Error parsing Ion: {error}") from None


def read_item_struct(struct: Any) -> Item:
    """The item of a struct's ``Item``. Raises ValueError for what DynamoDB has no type for."""
    item = struct.get("Item") if isinstance(struct, Mapping) else None
    if not isinstance(item, Mapping):
        raise ValueError("a struct without an Item")
    return {str(name): _read(value) for name, value in item.items()}


def _library() -> Any:
    try:
        import amazon.ion.core
        import amazon.ion.exceptions
        import amazon.ion.simple_types
        import amazon.ion.simpleion
    except ImportError:
        raise MissingExtraError("Amazon Ion needs amazon.ion: pip install 'awsim[dynamodb]'") from None
    return amazon.ion


def _stream(data: bytes) -> Any:
    import io

    return io.BytesIO(data)


def _write(value: Mapping[str, Any]) -> Any:
    for type_, content in value.items():
        if type_ == "N":
            return _EXACT.create_decimal(content)
        if type_ == "NULL":
            return None
        if type_ == "L":
            return [_write(element) for element in content]
        if type_ == "M":
            return {name: _write(member) for name, member in content.items()}
        if type_ in _SETS:
            ion = _library()
            members = [_EXACT.create_decimal(member) for member in content] if type_ == "NS" else list(content)
            list_type = ion.core.IonType.LIST
            return ion.simple_types.IonPyList.from_value(list_type, members, (_SET_ANNOTATION + type_,))
        return content
    raise AssertionError("a checked value has a type")


def _read(value: Any) -> dict[str, Any]:
    kind = _library().core.IonType
    type_ = value.ion_type
    if type_ is kind.NULL:
        return {"NULL": True}
    if type_ is kind.BOOL:
        return {"BOOL": bool(value)}
    if type_ in (kind.INT, kind.DECIMAL):
        return {"N": _number(value)}
    if type_ in (kind.STRING, kind.SYMBOL):
        return {"S": str(getattr(value, "text", value))}
    if type_ in (kind.BLOB, kind.CLOB):
        return {"B": bytes(value)}
    if type_ is kind.STRUCT:
        return {"M": {str(name): _read(member) for name, member in value.items()}}
    if type_ is kind.LIST:
        annotations = [token.text for token in value.ion_annotations]
        for set_type in _SETS:
            if _SET_ANNOTATION + set_type in annotations:
                return {set_type: [_read(member)[set_type[0]] for member in value]}
        return {"L": [_read(element) for element in value]}
    raise ValueError(f"Ion's {type_.name} is no type of DynamoDB's")


def _number(value: Any) -> str:
    return f"{Decimal(value)}" if isinstance(value, Decimal) else str(int(value))
