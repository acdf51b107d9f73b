"""Amazon SQS: standard and FIFO queues, in both of its protocols.

The engine (``backlog``, ``standard``, ``fifo``, ``deduplication``, ``message``, ``message_attributes``,
``queue_attributes``, ``redrive``, ``receipt_handle``, ``queue_url``) knows no requests and is tested alone; the
providers (``queues``, ``queue_tags``, ``permissions``, ``sending``, ``receiving``, ``move_tasks``) know no more of it
than its public methods.
"""
