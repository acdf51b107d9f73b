"""Amazon DynamoDB.

The engines know no requests and are tested alone: values (``attribute_values``, ``numbers``, ``item_size``, ``paths``),
``expressions`` with ``legacy`` and ``partiql``, and storage (``ordered_map``, ``sort_order``, ``keys``,
``secondary_index``, ``table``, ``pages``). Writes of every kind go through ``writing``, which tells streams, Kinesis,
replicas and the expiry of items. The providers are one per family of operations; ``provider`` names them all.
"""
