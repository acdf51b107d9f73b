"""Who may do what: bucket policies, ACLs and blocks of public access, put to callers.

``actions`` names what an operation needs, ``keys`` what conditions may ask of a request, ``authorizer`` decides, and
``points`` finds the buckets behind access points.
"""
