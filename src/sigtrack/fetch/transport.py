"""What carries requests for httpx: httpcore's pools on connections opened by our guard.

One pool for feeds that may stand at private addresses, one for all others, and one more of each
per proxy, all opened when first used. Connections are closed after each answer: feeds of one host
are a second apart anyway, and a reused connection that the server has just closed would look like
a dead feed.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import httpcore
import httpx

from sigtrack.fetch.guard import GuardedBackend, MeteredStream
from sigtrack.fetch.proxies import Proxies

ALLOW_PRIVATE = "sigtrack.allow_private"
"""Key of a request's extension: may this one go to private addresses?"""


class Transport(httpx.AsyncBaseTransport):
    """Plain delivery: no redirects, no retries, no pooling of idle connections."""

    def __init__(
        self,
        *,
        backend: Callable[[bool, bool], GuardedBackend],  # allow_private, to_proxy
        proxies: Proxies,
        tls: Callable[[], ssl.SSLContext],
    ) -> None:
        self._backend = backend
        self._proxies = proxies
        self._tls = tls
        self._pools: dict[tuple[bool, str, bool], httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._pool_for(request).handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        stream = answer.extensions.get("network_stream")
        if isinstance(stream, MeteredStream):
            stream.head_has_come()
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer)
        )

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def _pool_for(self, request: httpx.Request) -> httpcore.AsyncConnectionPool:
        private = bool(request.extensions.get(ALLOW_PRIVATE))
        proxy = self._proxies.of(request.url.scheme, request.url.host)
        secure = "https" in (request.url.scheme, httpx.URL(proxy).scheme)
        key = (private, proxy, secure)
        if key not in self._pools:
            backend = self._backend(private, bool(proxy))
            # Reading the trusted certificates takes 15 ms, which plain http can do without.
            self._pools[key] = _opened(backend, proxy, self._tls() if secure else None)
        return self._pools[key]


def _opened(
    backend: GuardedBackend, proxy: str, tls: ssl.SSLContext | None
) -> httpcore.AsyncConnectionPool:
    if not proxy:
        return httpcore.AsyncConnectionPool(
            ssl_context=tls, max_keepalive_connections=0, network_backend=backend
        )
    url = httpx.URL(proxy)
    name, secret = unquote(url.username), unquote(url.password)
    return httpcore.AsyncHTTPProxy(
        proxy_url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        proxy_auth=(name.encode(), secret.encode()) if name or secret else None,
        ssl_context=tls,
        proxy_ssl_context=tls if url.scheme == "https" else None,
        max_keepalive_connections=0,
        network_backend=backend,
    )


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()
