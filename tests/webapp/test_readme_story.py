"""The README's story is played as it stands there, against the demo, served by a process of its own."""

import re
import subprocess
import sys

from tests.services.house import ROOT, backbeat, served_house, settings


def test_the_story_of_the_readme_runs_as_it_stands_there(tmp_path):
    folder = tmp_path / "data"
    assert backbeat(folder, "demo").returncode == 0
    with served_house(folder) as house:
        done = _play(folder, house.url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "to print: passed" in done.stdout
    assert "milestone.unblocked" in done.stdout
    assert backbeat(folder, "check-ledger").returncode == 0


def _play(folder, url):
    story = re.search(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert story
    more = {"URL": url, "PYTHON": sys.executable, "BACKBEAT": f"{sys.executable} -m webapp.commands"}
    return subprocess.run(
        ["bash", "-c", story[1]], env={**settings(folder), **more}, cwd=folder.parent, capture_output=True, text=True, timeout=120
    )
