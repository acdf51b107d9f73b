"""AWS's wire protocols, both ways, read from the specification.

Owns the step between a plain HTTP message and an operation's members. Must not know clouds, providers or transports.
The door is :func:`awsim.protocol.codec.operation_codec`.
"""
