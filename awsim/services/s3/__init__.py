"""Amazon S3: buckets, objects, versions, multipart uploads; and, in ``configuration``, how buckets are set up.

What knows no requests is tested alone: ``body``, ``byte_ranges``, ``conditions``, ``copy_source``, ``listing``,
``multipart_upload``, ``object_checksum``, ``object_index``, ``object_metadata``, ``object_tags``, ``object_version``.
``lookup`` finds what a request is for; ``object_writing``, ``completion``, ``copying`` and ``deletion`` are what
several operations share. The operations themselves are in ``operations``, a provider class a family.
"""
