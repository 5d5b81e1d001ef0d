"""Download the documents of feeds: politely, within bounds, and only from public addresses.

`policy` is the arithmetic (when to ask, what an outcome means). `client` asks one feed, a linked
page if robots.txt allows it, or an endpoint of the user's; `crawl` asks many feeds at once. `files`
reads a document from disk. A program that only needs the arithmetic never loads the network code.
"""
