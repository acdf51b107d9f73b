"""The Cloud behind HTTP, for every other language and tool.

A thin adapter of uvicorn around the same Gateway. Each module has one noun:

    options       what a server is told: where to listen, what to allow; and the environment that says it
    listener      the sockets it listens on
    connection    one HTTP connection: uvicorn's, with limits and with bodies that are copied once
    messages      ASGI's messages as the Gateway's request and response, and back
    application   the way of one request: who may ask, in which thread it runs, what becomes of it
    workers       the threads in which calls run that wait or take long
    timekeeper    the one thread in which work that AWS does later runs
    guard         who may ask: other machines, pages of other origins
    cors          the headers by which a page may read what it asked for
    control       the endpoints by which the server itself is looked at and controlled
    traffic       how many calls were answered
    certificate   what it shows to clients that speak TLS
    persistence   state that outlives the server: checkpoints and a journal (persist_*) in a folder
    environment   what LocalStack's users set, as settings of a Cloud
    cold_start    what is put off until the first calls have been answered
    server        all of it together, started and stopped

Knows the Gateway and the Cloud; of AWS's services it must know nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.server import Server


def serve(cloud: Cloud | None = None, **options: Any) -> Server:
    """Serve a Cloud over HTTP from a thread of this process: ``with awsim.serve() as server:``.

    The Cloud is the one given, else the one that is active here, else a new one. Options are those of
    :class:`awsim.server.options.ServerOptions`; the port is a free one unless given. The server runs when this
    returns, until ``stop()`` or the end of the ``with`` block.

    Raises MissingExtraError without the extra ``server``, and PortTakenError.
    """
    from awsim import active
    from awsim.cloud import Cloud
    from awsim.server.extra import require_extra
    from awsim.server.options import ServerOptions

    require_extra()
    from awsim.server.server import Server

    options.setdefault("port", 0)
    server = Server(cloud or active.current_cloud() or Cloud(), ServerOptions(**options))
    server.start()
    return server
