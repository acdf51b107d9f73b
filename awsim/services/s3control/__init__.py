"""Amazon S3 Control: what belongs to an account rather than to a bucket."""
