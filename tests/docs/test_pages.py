"""Every block of every page runs, and prints what the page shows."""

import re
import typing
from functools import cache
from pathlib import Path

import pytest
import typer

from quantbc.cli import app
from tests.docs.pages import PAGES, ROOT, Block, BrokenPageError, Picture, Reader, blocks, pictures

# What nobody runs, by page and first line. Each has its reason on the page, right above the block.
NOT_RUN = {
    ("README.md", "make demo"),
    ("README.md", "# Your own system, expert, tokenizers and budgets, measured beside the bound:"),
    ("docs/goals.md", "quantbc simulate examples/reach_7dof.toml --json > reach.json"),
    ("docs/install.md", "python3 -m venv .venv"),
    ("docs/report.md", "quantbc report examples/reach_7dof.toml --audit demonstrations.npz --out out/reach"),
    ("docs/tutorial.md", "python3 -m venv .venv"),
    ("docs/tutorial.md", "quantbc report --quick --out out/report"),
    ("docs/cluster-sweep.md", "pip install 'quantbc[cluster]'"),
    ("docs/cluster-sweep.md", "dask scheduler --port 8786"),
    ("docs/cluster-sweep.md", "dask worker tcp://192.168.1.10:8786 --nworkers 4 --nthreads 1"),
    ("docs/cluster-sweep.md", "quantbc simulate problem.toml --cluster tcp://192.168.1.10:8786"),
}

# Pictures that take longer to make than a test may; the page names the command.
NOT_MADE = {
    ("README.md", "docs/images/horizon.png"),
    ("README.md", "docs/images/tokenizers.png"),
    ("docs/benchmarks.md", "images/growth.png"),
    ("docs/goals.md", "images/ladder.png"),
}

TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
# The proofs' pages show formulas, not commands; tests/proofs_check/test_pages.py compares them with the ledger.
SHOWN = {name: [] if name.startswith("docs/proofs/") else blocks(text) for name, text in TEXTS.items()}
PICTURES = {name: pictures(text) for name, text in TEXTS.items()}


def follow(source: str, folder: Path) -> int:
    with Reader(folder) as reader:
        return reader.follow(blocks(source))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PAGES if SHOWN[name] or PICTURES[name]])
def test_a_page_does_what_it_shows(name: str, tmp_path: Path) -> None:
    from matplotlib.testing.compare import compare_images

    with Reader(tmp_path) as reader:
        reader.follow(SHOWN[name])
        for picture in PICTURES[name]:
            if picture.reason is None:
                shown = PAGES[name].parent / picture.target
                made = picture.target.removeprefix("images/")
                assert compare_images(str(shown), str(reader.made(made)), tol=1.0) is None


def test_a_picture_that_nothing_makes_is_seen(tmp_path: Path) -> None:
    with Reader(tmp_path) as reader, pytest.raises(BrokenPageError, match=r"shows regret\.png"):
        reader.made("regret.png")


def test_what_is_not_run_is_listed_here() -> None:
    skipped = {
        (name, b.text.splitlines()[0].split("  ")[0])
        for name, page in SHOWN.items()
        for b in page
        if b.reason is not None
    }
    assert skipped == NOT_RUN


def test_pictures_that_are_not_made_are_listed_here() -> None:
    assert {(name, p.target) for name, page in PICTURES.items() for p in page if p.reason is not None} == NOT_MADE


def test_a_picture_may_say_that_it_is_made_elsewhere() -> None:
    source = "![a\nb](one.png)\n\n<!-- not run: hours -->\n![c][two]\n\n[two]: two.png\n"
    assert pictures(source) == [Picture("one.png", None), Picture("two.png", "hours")]


@pytest.mark.parametrize(
    "source",
    [
        "```sh\nfalse\n```",
        "```sh\nfalse | true\n```",
        "```sh\nquantbc bound --theorem theorem_99\n```",
        "```python\nraise SystemExit('broken')\n```",
        "```python\nimport warnings\nwarnings.warn('old')\n```",
        "```python\na = 1\n```\n```python\nb\n```",
        "```sh\necho 1.5\n```\n```text\n1.6\n```",
        "```sh\necho 1\necho 2\n```\n```text\n2\n1\n```",
        "```sh\necho 1\n```\n```sh\necho 2\n```\n```text\n1\n```",
        "```sh\necho total 1.5 s\n```\n```text\ntotal 1.6 …\n```",
        '```toml\nname = "no system"\n```',
        "```toml\nname = \n```",
        "```console\n$ true\n```",
        "```\ntrue\n```",
        "`````sh\nfalse\n`````",
        "<!-- not run: only what follows directly -->\nA sentence.\n```sh\nfalse\n```",
    ],
)
def test_a_broken_page_is_seen(source: str, tmp_path: Path) -> None:
    with pytest.raises(BrokenPageError):
        follow(source, tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "```sh\necho total   1.5 s\n```\n\nThen:\n\n```text\ntotal 1.5 …\n```",
        "```sh\necho 1\necho 2 >&2\n```\n```text\n1\n```\n```text\n2\n```",
        "```python\na = 1\n```\n```sh\ntouch made\n```\n```python\nprint(a, open('made').read())\n```\n```text\n1\n```",
        "```{toctree}\nnowhere\n```",
    ],
)
def test_a_sound_page_is_followed(source: str, tmp_path: Path) -> None:
    assert follow(source, tmp_path) == len(blocks(source))


def test_a_named_problem_file_is_there_for_the_commands(tmp_path: Path) -> None:
    study = (ROOT / "examples" / "reach_7dof.toml").read_text(encoding="utf-8")
    assert follow(f"```toml\n# study.toml\n{study}```\n```sh\ntest -s study.toml\n```", tmp_path) == 2


def test_a_reason_keeps_a_block_from_running(tmp_path: Path) -> None:
    source = "<!-- not run: needs a cluster -->\n```sh\nfalse\n```"
    assert blocks(source) == [Block("sh", "false\n", 2, "needs a cluster")]
    assert follow(source, tmp_path) == 0


def unfenced(source: str) -> list[str]:
    """Commands in indented blocks, which nobody would run."""
    return re.findall(r"^ {4,}(?:\$ )?((?:quantbc|python3?|pip|make|dask) .*)$", _outside_fences(source), re.MULTILINE)


def _outside_fences(source: str) -> str:
    return re.sub(r"^```.*?^```", "", source, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_commands_are_fenced(name: str) -> None:
    assert unfenced(TEXTS[name]) == []


def test_an_unfenced_command_is_seen() -> None:
    assert unfenced("Try:\n\n    quantbc verify\n\n```sh\n    quantbc bound\n```\n") == ["quantbc verify"]


@cache
def commands() -> dict[str, set[str]]:
    """Flags by command."""
    group = typing.cast(typing.Any, typer.main.get_command(app))
    return {
        name: {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
        for name, command in group.commands.items()
    }


def misnamed(source: str) -> list[str]:
    """Inline commands that name a command or a flag which does not exist."""
    known, wrong = commands(), []
    for words in map(str.split, re.findall(r"`quantbc ([^`\n]+)`", source)):
        flags = {word.split("=")[0] for word in words[1:] if word.startswith("--")}
        if not words[0].startswith("--") and (words[0] not in known or flags - known[words[0]] - {"--help"}):
            wrong.append(" ".join(words))
    return wrong


@pytest.mark.parametrize("name", PAGES)
def test_commands_in_the_text_exist(name: str) -> None:
    assert misnamed(TEXTS[name]) == []


@pytest.mark.parametrize("source", ["Try `quantbc prove`.", "Try `quantbc bound --bin 3`."])
def test_a_command_that_does_not_exist_is_seen(source: str) -> None:
    assert misnamed(source)


def missing_tests(source: str) -> list[str]:
    """Tests named on a page, as file::function, that do not exist."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", source)
    return [test for file, test in named if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", PAGES)
def test_tests_named_as_evidence_exist(name: str) -> None:
    assert missing_tests(TEXTS[name]) == []


def test_a_test_that_does_not_exist_is_seen() -> None:
    assert missing_tests("`tests/docs/test_pages.py::test_nothing`") == ["test_nothing"]


FINDINGS = TEXTS["docs/findings.md"].split("\n## ")[1:]


def evidence(finding: str) -> set[str]:
    return set(re.findall(r"^- \*(Proved|Algebra checked|Checked|Assumed)\*: \S", finding, re.MULTILINE))


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda text: text.splitlines()[0])
def test_a_finding_says_what_is_proved_checked_and_assumed(finding: str) -> None:
    assert {"Checked", "Assumed"} < evidence(finding)
    assert re.search(r"\(proofs/\w+\.md|`tests/\S+::", finding)


def broken_links(page: Path) -> list[str]:
    targets = re.findall(r"\]\((?!https?:|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    return [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    assert broken_links(PAGES[name]) == []


def test_a_link_to_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("[here](page.md), [there](nowhere.md#x)", encoding="utf-8")
    assert broken_links(tmp_path / "page.md") == ["nowhere.md"]
