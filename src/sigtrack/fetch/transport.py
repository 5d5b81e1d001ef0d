"""What carries requests for httpx: one connection a request, opened by our guard.

There is no pool. Feeds of one host are a second apart, a reused connection that the server has
just closed would look like a dead feed, and one opened for a feed that may go to private addresses
must not serve another that may not. It also costs less: 0.7 ms a request where httpcore's pool
takes 1.0, and no limit of ten connections lets ten dead hosts stop all others.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from urllib.parse import unquote

import httpcore
import httpx

from sigtrack.fetch.guard import GuardedBackend, MeteredStream
from sigtrack.fetch.proxies import Proxies

ALLOW_PRIVATE = "sigtrack.allow_private"
"""Key of a request's extension: may this one go to private addresses?"""

_Line = httpcore.AsyncHTTPConnection | httpcore.AsyncHTTPProxy


class Transport(httpx.AsyncBaseTransport):
    """Plain delivery: no redirects, no retries, no second use of a connection."""

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

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpcore.Request(
            method=request.method,
            url=_core_url(request.url),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        line = self._line_for(request, asked.url)
        try:
            answer = await line.handle_async_request(asked)
        except BaseException:
            await line.aclose()
            raise
        stream = answer.extensions.get("network_stream")
        if isinstance(stream, MeteredStream):
            stream.head_has_come()
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer, line)
        )

    def _line_for(self, request: httpx.Request, url: httpcore.URL) -> _Line:
        proxy = self._proxies.of(request.url.scheme, request.url.host)
        backend = self._backend(bool(request.extensions.get(ALLOW_PRIVATE)), bool(proxy))
        # Reading the trusted certificates takes 15 ms, which plain http can do without.
        secure = url.scheme == b"https"
        if not proxy:
            return httpcore.AsyncHTTPConnection(
                origin=url.origin,
                ssl_context=self._tls() if secure else None,
                network_backend=backend,
            )
        way = httpx.URL(proxy)
        name, secret = unquote(way.username), unquote(way.password)
        return httpcore.AsyncHTTPProxy(
            proxy_url=_core_url(way),
            proxy_auth=(name.encode(), secret.encode()) if name or secret else None,
            ssl_context=self._tls() if secure else None,
            proxy_ssl_context=self._tls() if way.scheme == "https" else None,
            network_backend=backend,
        )


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, line: _Line) -> None:
        self._answer = answer
        self._line = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._line.aclose()
