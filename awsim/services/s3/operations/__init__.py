"""The operations of S3 on buckets and objects, a provider class a family."""
