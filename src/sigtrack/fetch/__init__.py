"""Download the documents of feeds: politely, within bounds, and only from public addresses.

`policy` is the arithmetic (when to ask, what an outcome means). `client` asks one feed and `crawl`
asks many at once. `pages` asks for linked pages, which robots.txt may forbid. `files` reads a
document from disk. A program that only needs the arithmetic never loads the network code.
"""
