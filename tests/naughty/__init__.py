"""The Big List of Naughty Strings (MIT, LICENSE beside): texts that break software."""

import json
from pathlib import Path

STRINGS = json.loads((Path(__file__).parent / "blns.json").read_text("utf-8"))
