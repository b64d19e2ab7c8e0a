"""The direction of imports: webapp → review → planning → storage, and pure cores that import nothing of the house."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("storage", "planning", "review", "webapp")
PURE = {
    "planning/calendars.py": {"planning.messages"},
    "planning/network.py": {"planning.calendars", "planning.graph", "planning.items", "planning.spans"},
    "planning/booking.py": {"planning.items", "planning.network"},
    "planning/states.py": {"planning.graph", "planning.items"},
    "planning/graph.py": {"planning.messages"},
    "planning/messages.py": set(),
    "planning/wording/english.py": {"planning.items", "planning.wording"},
    "planning/wording/french.py": {"planning.items", "planning.wording"},
    "planning/items.py": set(),
    "storage/keys.py": set(),
    "storage/names.py": set(),
    "review/geometry.py": set(),
    "review/rules.py": set(),
}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_what_is_to_its_right(package):
    above = ORDER[ORDER.index(package) + 1 :]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in above
    ]
    assert wrong == []


@pytest.mark.parametrize("path", PURE)
def test_a_pure_core_imports_only_the_standard_library(path):
    ours = {name for name in imported(ROOT / path) if name.split(".")[0] in (*ORDER, "config")}
    outside = {name.split(".")[0] for name in imported(ROOT / path)} & {"flask", "sqlalchemy", "numpy", "pydantic"}

    assert ours <= PURE[path]
    assert not outside


def test_routes_and_sockets_reach_rows_only_through_what_the_actor_may_see():
    """No raw text queries and no lookups by id alone in what the web can reach."""
    wrong = []
    for path in (ROOT / "webapp" / "routes").rglob("*.py"):
        if path.name == "health.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} text()")
            if isinstance(node, ast.Attribute) and node.attr in ("get", "get_one", "query") and ast.unparse(node.value) == "db.session":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} db.session.{node.attr}")
    assert wrong == []
