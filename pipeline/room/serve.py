"""uvicorn's one door: the room on an address of this machine."""

from __future__ import annotations

import socket

import uvicorn

from pipeline.room.app import create
from pipeline.settings import Settings
from speakers.error import StorageError


def serve(settings: Settings, host: str, port: int) -> str:
    """Serve the room until it is stopped.

    Args:
        settings: in force.
        host: address to listen at.
        port: likewise.

    Returns:
        Where it was.

    Raises:
        ZhuziError: If the data or the address cannot be used.
    """
    application = create(settings)
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise StorageError(
            f"Nothing can listen at {host}, port {port}.", "Choose another one: --port NUMBER."
        ) from error
    url = f"http://{host}:{listening.getsockname()[1]}/"
    config = uvicorn.Config(application, log_level="warning", access_log=False, server_header=False)
    with listening:
        uvicorn.Server(config).run(sockets=[listening])
    return url
