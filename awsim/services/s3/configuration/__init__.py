"""The configurations of buckets, a module a family."""
