"""The IAM policy language: documents, their conditions, and what a set of policies says to a request.

Knows no service and no Cloud: policies are text or data, requests are values. Resource policies of every service, and
IAM's own, are evaluated here.

    documents    a policy as statements, compiled once per text
    patterns     wildcards, and policy variables
    conditions   the condition operators
    principals   who calls, and whom a statement names
    evaluation   what policies say to a request
    publicness   whether a resource policy lets everyone in
"""
