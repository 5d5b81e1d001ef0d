"""Mail by the sendmail program of this machine, which every mail transfer agent installs.

Its exit codes are those of sysexits.h. A mail that it accepted is in its queue and counts as sent.
"""

from __future__ import annotations

import subprocess

from sigtrack.deliver.verdict import (
    Accepted,
    Deferred,
    Envelope,
    Refused,
    Unreachable,
    Verdict,
)
from sigtrack.text import clean

_FOR_GOOD = frozenset({64, 65, 66, 67, 68, 77, 78})  # usage, data, no user, no host, no permission


def send(envelope: Envelope, program: str, *, timeout: float = 30.0) -> dict[str, Verdict]:
    """Return one verdict for all recipients. Raises Unreachable if the program cannot be run."""
    try:
        done = subprocess.run(
            [program, "-i", "-f", envelope.sender, "--", *envelope.recipients],
            input=envelope.body.replace(b"\r\n", b"\n"),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{program} did not finish within {timeout:.0f} s") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Unreachable(f"{program} cannot be run: {reason}", "refused") from None
    return dict.fromkeys(envelope.recipients, _verdict(done, program))


def _verdict(done: subprocess.CompletedProcess[bytes], program: str) -> Verdict:
    if done.returncode == 0:
        return Accepted()
    words = clean(done.stderr.decode("utf-8", "replace"))[:200]
    reason = f"{program} ended with {done.returncode}" + (f": {words}" if words else "")
    return Refused(reason) if done.returncode in _FOR_GOOD else Deferred(reason)
