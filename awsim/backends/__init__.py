"""Servers in processes of their own that services put to work: Redis for ElastiCache, say.

    ports     the external service ports, 4510 to 4559: taken and given back
    server    what every backend can: start, stop, is_running, url, health
    redis     Redis
    postgres  PostgreSQL

Knows of processes and sockets; of AWS's services it must know nothing. Nothing here starts before a service asks.
"""
