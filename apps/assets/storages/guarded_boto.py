"""botocore's transport with our rule: a connection goes to the address that was checked, and no proxy takes it elsewhere."""

from __future__ import annotations

import socket
from typing import Any

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool, AWSHTTPSConnection, AWSHTTPSConnectionPool
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from apps.core.errors import DomainError
from apps.core.outgoing import checked_address


class _Guarded:
    """Resolves the host, checks every address, and connects to one of those."""

    host: str
    port: int
    timeout: Any
    socket_options: Any

    def _new_conn(self) -> socket.socket:
        last: OSError | None = None
        for address in checked_address(self.host, self.port):
            try:
                sock = socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                last = error
                continue
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            return sock
        raise last or OSError("no address")


class _Http(_Guarded, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _Https(_Guarded, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _HttpPool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Http


class _HttpsPool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Https


class GuardedSession(URLLib3Session):  # type: ignore[misc]
    """Takes the place of a client's own session; also where the service sends a request on to another region."""

    def __init__(self, **options: Any) -> None:
        super().__init__(proxies={}, **options)
        pools = {"http": _HttpPool, "https": _HttpsPool}
        self._pool_classes_by_scheme = pools
        self._manager.pool_classes_by_scheme = pools

    def send(self, request: Any) -> Any:
        """What we refuse is not tried again."""
        try:
            return super().send(request)
        except HTTPClientError as error:
            if isinstance(refused := error.kwargs.get("error"), DomainError):
                raise refused from None
            raise
