"""Coverage-guided fuzzing of everything that reads documents of strangers. Run it by hand.

    pip install atheris
    PYTHONPATH=src nice python benchmarks/fuzz TARGET [FOLDER…] [-max_total_time=300] [-jobs=2] …

TARGET is a function of `targets.py`. The FOLDERs hold documents to begin with. Findings are written
to the first FOLDER, so give an empty one first. All options are those of libFuzzer. A target ends
with the smallest input found that breaks its law: put that input into a test.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))

with atheris.instrument_imports(include=["sigtrack", "feedparser", "sgmllib", "tomllib"]):
    from targets import TARGETS


def main() -> None:
    program, *arguments = sys.argv
    if not arguments or arguments[0] not in TARGETS:
        sys.exit(f"usage: python {program} {'|'.join(TARGETS)} [FOLDER…] [OPTION…]")
    name, *options = arguments
    atheris.Setup([f"{program} {name}", f"-artifact_prefix={name}-", *options], TARGETS[name])
    atheris.Fuzz()


main()
