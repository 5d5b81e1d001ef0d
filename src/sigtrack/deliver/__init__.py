"""How a digest reaches people: by a mail server, by sendmail, or by chat services.

Each way returns a verdict for every recipient. Only `Accepted` (the server answered 2xx) counts as
sent. `Deferred` and `Refused` are tried again at the next run; `Refused` must also be reported to
the user. A problem that concerns all recipients (no connection, no login) is `Unreachable`.
"""

from sigtrack.deliver.verdict import Accepted, Deferred, Envelope, Refused, Unreachable, Verdict

__all__ = ["Accepted", "Deferred", "Envelope", "Refused", "Unreachable", "Verdict"]
