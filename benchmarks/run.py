"""Every benchmark, and the report: docs/speed.md with its figures beside it in JSON.

    pip install -e '.[bench]'
    python benchmarks/run.py [--only PART ...] [--rounds N] [--quick] [--midi FOLDER]

Each part runs in a process of its own on one thread; what was measured before in parts that
are not run stays in the report. ``--quick`` sees that everything works, and prints the page
instead. ``--midi`` names a folder of real MIDI files for tokens a note, reading and training.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from report import page

HERE = Path(__file__).parent
REPORT = HERE.parent / "docs" / "speed.md"
PARTS = {
    "decode": ["decode.py"],
    "engines": ["decode.py", "--engines", "--contexts", "512"],
    "network": ["network.py"],
    "processes": ["processes.py", "--size"],
    "length": ["length.py"],
    "training": ["training.py"],
    "rendering": ["rendering.py"],
    "midi": ["midi_reading.py"],
    "batch": ["decode.py", "--batch", "8", "--contexts", "256", "512"],
    "long": ["decode.py", "--contexts", "2048"],
}
"""The programs, those that say most first: stopped later, what was measured is kept."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LIMIT_SECONDS = 1800
"""Most that one part may take."""


def measured(command: list[str], options: list[str]) -> str:
    """What a part tells, as JSON; its messages go to stderr. Raises where it fails."""
    surroundings = (
        os.environ | dict.fromkeys(THREADS, "1") | {"TOKENIZERS_PARALLELISM": "false"}
    )
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings["PYTHONPATH"] = os.pathsep.join(paths)
    with tempfile.TemporaryFile("w+") as told:
        subprocess.run(
            [sys.executable, str(HERE / command[0]), *command[1:], *options],
            check=True,
            stdout=told,
            env=surroundings,
            timeout=LIMIT_SECONDS,
        )
        told.seek(0)
        return told.read()


def main() -> int:
    """Run the parts, write the report; 1 where a part failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="small, and printed")
    parser.add_argument("--midi", type=Path, help="a folder of MIDI files to read")
    parser.add_argument("-o", "--output", type=Path, default=REPORT)
    args = parser.parse_args()
    options = ["--rounds", str(args.rounds), *(["--quick"] if args.quick else [])]
    options += ["--midi", str(args.midi.resolve())] if args.midi else []
    figures = args.output.with_suffix(".json")
    known = json.loads(figures.read_text()) if figures.exists() and not args.quick else {}
    failed = []
    for name in args.only:
        print(f"measuring {name}", file=sys.stderr)
        try:
            known[name] = json.loads(measured(PARTS[name], options))
        except (subprocess.SubprocessError, json.JSONDecodeError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed.append(name)
            continue
        if not args.quick:
            known = {part: known[part] for part in PARTS if part in known}
            figures.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
            args.output.write_text(page(known), encoding="utf-8")
    if args.quick and known:
        print(page(known))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
