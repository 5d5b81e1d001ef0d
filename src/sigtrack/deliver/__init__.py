"""How a digest reaches people: mail by a server or by sendmail, and chat services.

Every way answers with a verdict for each recipient. Only `Accepted` (the server said 2xx) counts
as sent; `Deferred` is tried again at the next run, and so is `Refused`, which a person must hear
of. Trouble that concerns everybody (no connection, no login) is `Unreachable`.
"""

from sigtrack.deliver.verdict import Accepted, Deferred, Envelope, Refused, Unreachable, Verdict

__all__ = ["Accepted", "Deferred", "Envelope", "Refused", "Unreachable", "Verdict"]
