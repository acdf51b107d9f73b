"""Amazon DynamoDB Streams: reading what dynamodb wrote about the changes of its tables.

The records are in the store of ``awsim.aws.dynamodb_streams``; this service only reads them.
"""
