"""Connect to a host, directly or through the user's proxy, and send one request.

`guard` judges each address when a connection is opened. A step that fails or is cancelled closes
what it has opened.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from sigtrack.fetch.address import Address, basic, credentials_in
from sigtrack.fetch.guard import Proxies, Resolver, check, connect, literal
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.fetch.trouble import EXPECTED, Unfetchable, in_words
from sigtrack.fetch.wire import Headers, HttpAnswer, Link, PlainLink, TlsLink, ask
from sigtrack.model import Feed


class Transport:
    """Sends single requests: no redirects, no retries, no reuse of connections.

    `tls` is as in `Client`.
    """

    def __init__(
        self,
        *,
        policy: FetchPolicy,
        resolver: Resolver,
        proxies: Proxies,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._proxies = proxies
        self._given_tls = tls
        self._contexts: dict[str, ssl.SSLContext] = {}  # by ca_file

    async def send(
        self, url: Address, headers: Headers, feed: Feed, *, is_own: bool, body: bytes = b""
    ) -> HttpAnswer:
        """Send one request and return the answer, its body still unread. The caller closes it.

        `is_own`: the address is at the feed's own host, so the feed's `ca_file` applies. A request
        with a body is a POST.
        """
        if url.scheme not in ("http", "https") or not url.host:
            raise Unfetchable("has an address that is neither http nor https")
        if not 0 < url.port_used < 65536:
            raise Unfetchable("has an address that is not valid")
        tls = self._context(url, feed.access.ca_file if is_own else "")
        headers = [(b"Host", url.authority.encode()), *headers]
        if body:
            headers.append((b"Content-Length", str(len(body)).encode()))
        method = "POST" if body else "GET"
        proxy = feed.access.proxy
        if proxy is None:
            proxy = self._proxies.of(url.scheme, url.host)
        if not proxy:
            link = await self._connected(url, tls, allow_private=feed.allow_private)
            return await self._ask(link, url.target, headers, method, body)
        if not feed.allow_private and (address := literal(url.host)):
            check(url.host, address)
        link = await self._to_proxy(proxy)
        permit = basic("Proxy-Authorization", *credentials_in(proxy))
        if tls is None:
            return await self._ask(link, str(url), headers + permit, method, body)
        link = await self._tunnel(link, url, permit, tls)
        return await self._ask(link, url.target, headers, method, body)

    async def _to_proxy(self, proxy: str) -> Link:
        """Connect to the proxy, at any address. A failure here is not the fault of the feed."""
        try:
            at = Address.of(proxy)
        except ValueError:
            raise Unfetchable("was not asked: its proxy has an address that is not valid") from None
        try:
            return await self._connected(at, self._context(at), allow_private=True)
        except EXPECTED as error:
            reason, _ = in_words(error)
            raise Unfetchable(
                f"was not asked: the proxy {at.host} {reason}", offline=True
            ) from None

    async def _tunnel(self, link: Link, url: Address, permit: Headers, tls: ssl.SSLContext) -> Link:
        """Open a tunnel (RFC 9110 9.3.6) with TLS to the host inside it."""
        port = f":{url.port_used}"
        target = url.authority.removesuffix(port) + port
        answer = await self._ask(link, target, [(b"Host", target.encode()), *permit], "CONNECT")
        if answer.status >= 300:  # no answer has less than 200
            link.close()
            raise Unfetchable(f"was refused by the proxy ({answer.status} {answer.phrase})")
        return await TlsLink.over(link, tls, url.host)  # in TLS, servers never speak first

    async def _connected(
        self, url: Address, tls: ssl.SSLContext | None, *, allow_private: bool
    ) -> Link:
        link = PlainLink(
            await connect(
                url.host,
                url.port_used,
                resolver=self._resolver,
                allow_private=allow_private,
                seconds=self._policy.connect_timeout,
            )
        )
        return link if tls is None else await TlsLink.over(link, tls, url.host)

    async def _ask(
        self, link: Link, target: str, headers: Headers, method: str, body: bytes = b""
    ) -> HttpAnswer:
        head = self._policy.max_head
        return await ask(link, target, headers, max_head=head, method=method, body=body)

    def _context(self, url: Address, ca_file: str = "") -> ssl.SSLContext | None:
        """Return the TLS context for https, None for http.

        It is made on first use, because reading the trusted certificates takes 15 ms.
        """
        if url.scheme == "http":
            return None
        if ca_file not in self._contexts:
            context = _trusting(ca_file) if ca_file else self._given_tls or _trusting_the_usual()
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[ca_file] = context
        return self._contexts[ca_file]


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=Path(ca_file).expanduser())
    except ssl.SSLError:
        reason = "it holds no certificate"
    except RuntimeError:  # expanduser
        reason = "it has a name that is not known"
    except OSError as error:
        reason = (error.strerror or "").lower()
    raise Unfetchable(f"was not asked: ca_file {ca_file} cannot be read: {reason}")


def _trusting_the_usual() -> ssl.SSLContext:
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
