"""The rules of the house that no linter knows. Each test lists every place that breaks its rule."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("onboarding", "integrations", "portal")
MAX_FILE = 400
MAX_FUNCTION = 60

# Rows are written by actions. `update` counts only on a queryset: dictionaries have one too.
WRITES = {
    "save",
    "create",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "asave",
    "acreate",
}
QUERYSET_WORDS = {"objects", "filter", "exclude", "all", "visible_to", "select_for_update"}
WRITERS_ALLOWED = {
    "portal/walkthrough/people.py": "a rehearsal's second factors, which allauth keeps in tables of its own",
    "integrations/tasks/rooms.py": "what it creates is a meeting at the video service",
}
# Calls to other systems go through one door each; the walkthrough walks over HTTP as people do.
HTTP_LIBRARIES = {"httpx", "requests", "urllib3", "http.client", "aiohttp"}
HTTP_ALLOWED = re.compile(r"integrations/(net\.py|(salesforce|quickbooks_online|stripe)/.*)|portal/walkthrough/.*")
STEP_SETTERS = {"onboarding/workflow/machine.py"}
# Printed pages and mails carry their styles with them: no browser rule guards them, no stylesheet follows them.
FREE_OF_PAGE_RULES = ("templates/documents/", "templates/mail/")
# Written in two parts, so that this file keeps its own rule.
PLACES = re.compile(r"(?<![\w./-])/(?:wo" r"rk|ro" r"ot)/\w|https?://[\w.-]*(?:py" r"pi|pythonhos" r"ted|npm" r"js)\b")
INDEX_OPTIONS = re.compile(r"^\s*--(?:extra-)?index-u" r"rl|^\s*--find-li" r"nks", re.MULTILINE)


@lru_cache
def tracked() -> tuple[str, ...]:
    """Paths under version control, as git names them, that are still there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for path in listed.stdout.splitlines() if (ROOT / path).is_file())


def python_files(*folders: str, migrations: bool = False) -> list[str]:
    return [
        path
        for path in tracked()
        if path.endswith(".py")
        and (not folders or path.startswith(tuple(f"{folder}/" for folder in folders)) or path in folders)
        and (migrations or "/migrations/" not in path)
    ]


@lru_cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=path)


def calls(path: str) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def words(node: ast.AST) -> set[str]:
    """Every name in a chain: `Company.objects.filter(…)` → Company, objects, filter."""
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)} | {
        part.id for part in ast.walk(node) if isinstance(part, ast.Name)
    }


def imports(path: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def functions(path: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def is_action(path: str, function: ast.Attribute) -> bool:
    """`invoices.create(…)` with `from onboarding.actions import invoices`."""
    return isinstance(function.value, ast.Name) and any(
        name == f"onboarding.actions.{function.value.id}" for _, name in imports(path)
    )


def test_faces_and_tasks_write_no_rows() -> None:
    offenders = [
        f"{path}:{call.lineno} .{function.attr}("
        for path in python_files("portal", "onboarding/tasks", "integrations/tasks", "integrations/tasks.py")
        if path not in WRITERS_ALLOWED
        for call, function in calls(path)
        if (function.attr in WRITES and not is_action(path, function))
        or (function.attr in {"update", "aupdate"} and words(function) & QUERYSET_WORDS)
    ]
    assert offenders == []


def test_only_the_machine_sets_a_step() -> None:
    offenders = []
    for path in python_files(*FLOORS):
        if path in STEP_SETTERS:
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                offenders += [
                    f"{path}:{node.lineno}" for t in targets if isinstance(t, ast.Attribute) and t.attr == "step"
                ]
        offenders += [
            f"{path}:{call.lineno} .update(step=…)"
            for call, function in calls(path)
            if function.attr == "update"
            and words(function) & QUERYSET_WORDS
            and any(keyword.arg == "step" for keyword in call.keywords)
        ]
    assert offenders == []


def test_only_clients_know_http() -> None:
    offenders = [
        f"{path}:{line} {name}"
        for path in python_files(*FLOORS)
        if not HTTP_ALLOWED.fullmatch(path)
        for line, name in imports(path)
        if name in HTTP_LIBRARIES or name.partition(".")[0] in HTTP_LIBRARIES
    ]
    assert offenders == []


def test_no_signals() -> None:
    offenders = [
        f"{path}:{line} {name}"
        for path in python_files(*FLOORS)
        for line, name in imports(path)
        if name.startswith(("django.db.models.signals", "django.dispatch", "django.core.signals"))
    ]
    assert offenders == []


def test_migrations_import_no_app_code() -> None:
    offenders = [
        f"{path}:{line} {name}"
        for path in python_files(*FLOORS, migrations=True)
        if "/migrations/" in path
        for line, name in imports(path)
        if name.partition(".")[0] in FLOORS
    ]
    assert offenders == []


def test_files_stay_small() -> None:
    sizes = {path: (ROOT / path).read_text().count("\n") for path in python_files()}
    assert {path: size for path, size in sizes.items() if size > MAX_FILE} == {}


def test_functions_stay_small() -> None:
    sizes = {
        f"{path}:{node.lineno} {node.name}": size
        for path in python_files(*FLOORS, "scripts")
        for node, size in functions(path)
    }
    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION} == {}
    assert statistics.median(sizes.values()) <= 10
    assert statistics.quantiles(sizes.values(), n=10)[-1] <= 30


def test_pages_carry_no_styles_or_scripts_of_their_own() -> None:
    """The browser's content security policy would refuse them."""
    attribute = re.compile(r"""<(?!c-)[a-z][^>]*\s(?:style|on[a-z]+)\s*=\s*["']""", re.IGNORECASE)
    element = re.compile(
        r"<(?:script|style)\b(?![^>]*\b(?:src\b|nonce\b|type=\"application/json\"))[^>]*>", re.IGNORECASE
    )
    offenders = [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1} {found.group()[:60]}"
        for path in tracked()
        if path.endswith((".html", ".svg")) and not path.startswith(FREE_OF_PAGE_RULES)
        for text in [(ROOT / path).read_text()]
        for rule in (attribute, element)
        for found in rule.finditer(text)
    ]
    assert offenders == []


def test_nothing_names_this_machine_or_a_package_index() -> None:
    offenders = []
    for path in tracked():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        found = PLACES.search(text) or (path.startswith("requirements/") and INDEX_OPTIONS.search(text))
        if found:
            offenders.append(f"{path}: {found.group()}")
    assert offenders == []
