"""The endpoints by which a server is looked at and controlled: ``/_awsim``, LocalStack's ``/_localstack`` and the
developer endpoints of services, ``/_aws``.

Each module has the endpoints of one noun, as a function ``routes(server)``. Whether a caller may ask is the guard's
business.
"""
