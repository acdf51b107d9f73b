"""The one way of every request: identify, parse, validate, authorize, dispatch, serialize."""
