"""How words are read: pure functions on str.

`clean` makes text from outside safe, once, on the way in. `fold` makes spellings comparable and
keeps an index back to the publisher's own letters. The modules here know scripts, but no feeds.
"""

from sigtrack.text.clean import (
    clean,
    clean_lines,
    mask_credentials,
    mask_proxy,
    proxy_address,
    safe_link,
    service_of,
)

__all__ = [
    "clean",
    "clean_lines",
    "mask_credentials",
    "mask_proxy",
    "proxy_address",
    "safe_link",
    "service_of",
]
