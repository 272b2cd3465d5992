"""The rules of the house that the import contracts in pyproject.toml cannot say."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from tests.support import REPOSITORY, committed_files

PACKAGES = ("crypto", "notebook", "ui")

# A library on the left is imported only in the places on the right.
DOORS = {
    "argon2": ("crypto/passphrase.py",),
    "concurrent": ("ui/jobs.py",),
    "cryptography": ("crypto/primitives.py",),
    "multiprocessing": (),
    "pickle": (),
    "random": (),
    "sqlcipher3": ("notebook/storage/",),
    "sqlite3": (),
    "tempfile": (),
    "threading": ("ui/jobs.py",),
}

QT_THREADS = {"QRunnable", "QThread", "QThreadPool", "QtConcurrent"}

SQL = re.compile(
    r"\b(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s"
    r"|CREATE\s+(TABLE|(UNIQUE\s+)?INDEX|TRIGGER|VIEW|VIRTUAL)\s|DROP\s+\w+\s|PRAGMA\s+\w+)",
    re.DOTALL,
)

# About 400 lines are a room; what is longer is two rooms.
LONGEST_MODULE_LINES = 450
LISTS = {"notebook/notebook.py": 700}
"""Modules that list what there is, one delegating line or one entry each, and decide nothing."""

# The pieces are joined here, so that this file does not name what it looks for.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("deb", "debian", "org"),
        )
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.}$)])/(?:" + "|".join(("work", "root", "tmp/brief")) + r")\b")
SHARED_FOLDER = re.compile(r"(?<!\w)" + "shared" + r"/(?!vectors/age)")

DOCS = sorted((REPOSITORY / "docs").glob("*.md"))
EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<rest>.*)")
NAMED_MODULE = r"\b(?:crypto|notebook|ui)/[a-z0-9_/]+\.py\b"
MOST_WORDS_ON_A_PAGE = 900
REASONED_EXCEPTION = re.compile(
    r"#\s*(?:noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*|type: ignore\[[a-z, -]+\])\s+[-#]?\s*\w+ \w+"
)


def product_modules() -> list[str]:
    """The paths of all modules of the product, relative to the repository."""
    return sorted(
        path.relative_to(REPOSITORY).as_posix()
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*.py")
    )


@cache
def tree(module: str) -> ast.Module:
    """The syntax tree of one module, which nobody changes."""
    return ast.parse((REPOSITORY / module).read_text("utf-8"), filename=module)


def imports(module: str) -> set[str]:
    """The top-level names of everything that a module imports."""
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def names_used(module: str) -> set[str]:
    """Every name and attribute that appears in a module, and every name it imports."""
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names.update(alias.name.rpartition(".")[2] for alias in node.names)
    return names


def texts(module: str) -> Iterator[str]:
    """The strings of a module that are not its docstrings."""
    nodes = list(ast.walk(tree(module)))
    documentation = {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes:
        if not isinstance(node, ast.Constant) or id(node) in documentation:
            continue
        if isinstance(node.value, str):
            yield node.value


def committed_lines() -> Iterator[tuple[str, int, str]]:
    """Every line of text in the repository, with its file and number."""
    for name in committed_files():
        try:
            text = (REPOSITORY / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            yield name, number, line


def test_the_packages_know_each_other_in_one_direction() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert "4 kept, 0 broken" in checked.stdout


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_is_entered_by_its_one_door(library: str) -> None:
    doors = DOORS[library]
    importers = {module for module in product_modules() if library in imports(module)}
    assert not {module for module in importers if not module.startswith(doors)}


def test_only_jobs_knows_the_threads_of_qt() -> None:
    users = {module for module in product_modules() if QT_THREADS & names_used(module)}
    assert users <= {"ui/jobs.py"}


def imported_modules(module: str) -> set[str]:
    """The full names of everything that a module imports."""
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("module", [m for m in product_modules() if m.endswith("_presenter.py")])
def test_a_presenter_is_plain_python(module: str) -> None:
    assert not imports(module) & {"PySide6", "shiboken6"}
    views = {name for name in imported_modules(module) if re.search(r"\bui\.\w*_view\b", name)}
    assert views == set()


@pytest.mark.parametrize("module", [m for m in product_modules() if m.endswith("_view.py")])
def test_a_view_knows_no_notebook_and_asks_for_no_work(module: str) -> None:
    names = imported_modules(module)
    assert not {name for name in names if name.startswith("notebook.notebook")}
    assert not {name for name in names if re.match(r"ui\.(session|jobs|runner)\b", name)}


def test_the_tour_goes_by_widgets_alone() -> None:
    steps = [name for name in product_modules() if name.startswith("ui/tour/")]
    assert len(steps) >= 6
    known = {name for step in steps for name in imported_modules(step)}
    assert not {name for name in known if re.search(r"_presenter\b|\bui\.session\b", name)}


@pytest.mark.parametrize("module", [name for name in product_modules() if name[:7] == "crypto/"])
def test_crypto_opens_no_file_and_talks_to_nobody(module: str) -> None:
    called = {
        node.func.id
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"breakpoint", "eval", "exec", "input", "open", "print"}
    assert not imports(module) & {"importlib", "secrets", "platform", "builtins"}


@pytest.mark.parametrize("module", product_modules())
def test_sql_is_written_in_storage_alone(module: str) -> None:
    if module.startswith("notebook/storage/"):
        return
    assert not [text for text in texts(module) if SQL.search(text)]


def test_sql_files_lie_in_storage_alone() -> None:
    assert not [
        name
        for name in committed_files()
        if name.endswith(".sql") and not name.startswith("notebook/storage/")
    ]


@pytest.mark.parametrize("module", product_modules())
def test_a_module_is_one_room(module: str) -> None:
    lines = (REPOSITORY / module).read_text("utf-8").splitlines()
    assert len(lines) <= LISTS.get(module, LONGEST_MODULE_LINES)


def test_every_module_stands_on_the_page_and_every_module_on_it_exists() -> None:
    page = (REPOSITORY / "docs" / "MODULES.md").read_text("utf-8")
    named = set(re.findall(NAMED_MODULE, page))
    modules = {name for name in product_modules() if PurePosixPath(name).name != "__init__.py"}
    assert sorted(modules - named) == []
    assert sorted(named - set(product_modules())) == []


def test_the_architecture_is_one_page_and_names_only_what_is_there() -> None:
    page = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    assert len(page.split()) <= MOST_WORDS_ON_A_PAGE
    assert sorted(set(re.findall(NAMED_MODULE, page)) - set(product_modules())) == []


def test_our_names_mean_our_packages(tmp_path: Path) -> None:
    # PyCryptodome and Jupyter use two of these names; in the environment ours must win.
    program = "import crypto, notebook, ui; print(*(p.__file__ for p in (crypto, notebook, ui)))"
    answer = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    expected = [str(REPOSITORY / package / "__init__.py") for package in PACKAGES]
    assert answer.stdout.split() == expected


def test_nothing_names_a_registry_or_a_place_on_this_machine() -> None:
    offences = [
        f"{name}:{number}"
        for name, number, line in committed_lines()
        for pattern in (REGISTRIES, MACHINE_PATHS, SHARED_FOLDER)
        if pattern.search(line)
    ]
    assert offences == []


def test_every_exception_to_a_rule_names_the_rule_and_the_reason() -> None:
    offences = [
        f"{name}:{number}"
        for name, number, line in committed_lines()
        if name.endswith((".py", ".pyi")) and name != "tests/test_architecture.py"
        if EXCEPTION.search(line) and not REASONED_EXCEPTION.search(line)
    ]
    assert offences == []


def test_the_types_of_no_module_are_excused() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert "overrides" not in project["tool"]["mypy"]


def test_every_proof_that_the_papers_name_exists() -> None:
    papers = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
    named = {
        name
        for paper in papers
        for name in re.findall(r"tests/[\w/]+\.py", paper.read_text("utf-8"))
    }
    assert named
    assert sorted(name for name in named if not (REPOSITORY / name).exists()) == []


PAPERS = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in DOCS))


@pytest.mark.parametrize("paper", PAPERS)
def test_every_link_in_a_paper_leads_somewhere(paper: str) -> None:
    path = REPOSITORY / paper
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    committed = set(committed_files())
    broken = [
        link
        for link in links
        if (path.parent / link).resolve().relative_to(REPOSITORY).as_posix() not in committed
    ]
    assert broken == []


def test_the_first_page_says_what_it_is_with_two_pictures_two_commands_and_its_limits() -> None:
    page = (REPOSITORY / "README.md").read_text("utf-8")
    assert len(re.findall(r"^!\[[^]]+\]\(docs/pictures/[a-z-]+\.png\)$", page, re.MULTILINE)) == 2
    assert re.findall(r"^make \w+", page, re.MULTILINE) == ["make run", "make test"]
    assert "## The honest limits" in page
    assert "GPL-3.0-or-later" in page
