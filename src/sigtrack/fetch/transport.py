"""The way to a host, directly or through the user's proxy, and one request on it.

Where a connection may lead is judged by `guard`, when it is opened. Whatever fails or is cancelled
here closes what it had opened.
"""

from __future__ import annotations

import os
import ssl
from base64 import b64encode
from functools import cached_property

from sigtrack.fetch.address import Address, credentials_in
from sigtrack.fetch.guard import Resolver, check, connect, literal
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.fetch.proxies import Proxies
from sigtrack.fetch.trouble import EXPECTED, Unfetchable, in_words
from sigtrack.fetch.wire import Answer, Headers, Link, PlainLink, TlsLink, ask


class Transport:
    """Plain delivery: no redirects, no retries, no second use of a connection. `tls` as in
    `Client`."""

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

    async def send(self, url: Address, headers: Headers, *, allow_private: bool) -> Answer:
        """One request, one answer with its body still to come. The caller closes it."""
        if url.scheme not in ("http", "https") or not url.host:
            raise Unfetchable("has an address that is neither http nor https")
        if not 0 < url.port_used < 65536:
            raise Unfetchable("has an address that is not valid")
        headers = [(b"Host", url.authority.encode()), *headers]
        if not (proxy := self._proxies.of(url.scheme, url.host)):
            link = await self._connected(url, allow_private=allow_private)
            return await ask(link, url.target, headers, max_head=self._policy.max_head)
        if not allow_private and (address := literal(url.host)):
            check(url.host, address)
        link = await self._to_proxy(Address.of(proxy))
        permit = basic("Proxy-Authorization", *credentials_in(proxy))
        if url.scheme == "http":
            headers += permit
            return await ask(link, str(url), headers, max_head=self._policy.max_head)
        link = await self._tunnel(link, url, permit)
        return await ask(link, url.target, headers, max_head=self._policy.max_head)

    async def _to_proxy(self, proxy: Address) -> Link:
        """When it cannot be reached, no feed is to blame."""
        try:
            return await self._connected(proxy, allow_private=True)
        except EXPECTED as error:
            reason, _ = in_words(error)
            where = f"the proxy {proxy.host}"
            raise Unfetchable(f"was not asked: {where} {reason}", offline=True) from None

    async def _tunnel(self, link: Link, url: Address, permit: Headers) -> Link:
        """RFC 9110 9.3.6: what is said inside is between us and the host."""
        port = f":{url.port_used}"
        target = url.authority.removesuffix(port) + port
        headers = [(b"Host", target.encode()), *permit]
        answer = await ask(link, target, headers, max_head=self._policy.max_head, method="CONNECT")
        if not 200 <= answer.status < 300:
            link.close()
            raise Unfetchable(f"was refused by the proxy ({answer.status} {answer.phrase})")
        return await TlsLink.over(link, self._tls, url.host, early=answer.early)

    async def _connected(self, url: Address, *, allow_private: bool) -> Link:
        link = PlainLink(
            await connect(
                url.host,
                url.port_used,
                resolver=self._resolver,
                allow_private=allow_private,
                seconds=self._policy.connect_timeout,
            )
        )
        if url.scheme == "http":
            return link
        return await TlsLink.over(link, self._tls, url.host)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made for the first https feed: reading the trusted certificates takes 15 ms."""
        context = self._given_tls or _trusting_the_usual()
        context.set_alpn_protocols(["http/1.1"])
        return context


def basic(name: str, user: str, password: str) -> Headers:
    """The header that shows who asks (RFC 7617), or none."""
    if not user and not password:
        return []
    told = b64encode(f"{user}:{password}".encode())
    return [(name.encode(), b"Basic " + told)]


def _trusting_the_usual() -> ssl.SSLContext:
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
