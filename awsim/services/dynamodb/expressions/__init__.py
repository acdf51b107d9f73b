"""DynamoDB's expressions: condition, filter, key condition, projection and update.

    placeholders = Placeholders(names, values)       one for all expressions of a request
    condition("#a = :v", placeholders)               -> Condition, with .matches(item)
    projection("a, b[0].c", placeholders)            -> Projection, with .apply(item)
    update("SET a = :v REMOVE b", placeholders)      -> Update, with .apply(item, key_names)
    key_condition("id = :v", placeholders, "id")     -> KeyCondition, with .range_matches(value)
    placeholders.check_unused()                      when all have been made

All raise ValidationException with AWS's message. A text is parsed once; placeholders are filled in per request. The
modules, from the text on: tokens, parser and the grammars, trees, binding, then the rules and the meaning of each
kind.
"""

from __future__ import annotations

from awsim.services.dynamodb.expressions.conditions import Condition, condition
from awsim.services.dynamodb.expressions.key_conditions import KeyCondition, KeyTerm, key_condition
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.projections import Projection, projection
from awsim.services.dynamodb.expressions.refusals import CONDITION, FILTER, KEY_CONDITION, PROJECTION, UPDATE
from awsim.services.dynamodb.expressions.updates import Update, update

__all__ = [
    "CONDITION",
    "FILTER",
    "KEY_CONDITION",
    "PROJECTION",
    "UPDATE",
    "Condition",
    "KeyCondition",
    "KeyTerm",
    "Placeholders",
    "Projection",
    "Update",
    "condition",
    "key_condition",
    "projection",
    "update",
]
