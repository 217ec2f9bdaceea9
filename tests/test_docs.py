"""Undocumented means failing; what is written down is run, parsed or followed."""

import ast
import importlib
import importlib.util
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

import output
import pipeline
import redaction
import speakers
from pipeline import cli, meeting_toml, participant_toml, settings
from pipeline.catalogue import load_catalogue
from pipeline.keeping import retention
from pipeline.meeting_template import TEMPLATE
from pipeline.outlets import listed
from redaction.mark import Evidence
from speakers.error import ZhuziError
from speakers.meeting import FactKind, Person, Wish

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAPERS = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md")))

ANSWERED_BY = {
    "show": (("pipeline/show.py", "table"), ("pipeline/show.py", "mark_table")),
    "status": (
        ("pipeline/commands/status.py", "status"),
        ("pipeline/jobs/rows.py", "row"),
        ("pipeline/status.py", "details"),
        ("pipeline/hearing.py", "progress_of"),
        ("pipeline/window.py", "row"),
        ("pipeline/keeping/shown.py", "row"),
    ),
    "window open": (("pipeline/api/windows.py", "open_window"), ("pipeline/window.py", "row")),
    "window move": (("pipeline/api/windows.py", "move_window"), ("pipeline/window.py", "row")),
    "window close": (("pipeline/api/windows.py", "close_window"),),
    "window link": (("pipeline/api/windows.py", "link"),),
    "window unlink": (("pipeline/api/windows.py", "unlink"),),
    "window list": (
        ("pipeline/window_list.py", "table"),
        ("pipeline/window_list.py", "_suggestion"),
        ("pipeline/window.py", "row"),
    ),
    "window answer": (("pipeline/api/windows.py", "answer"),),
    "demo": (("pipeline/demo.py", "demo"),),
    "review": (("pipeline/answered.py", "reviewed"),),
    "release": (("pipeline/answered.py", "released"),),
    "doctor": (("pipeline/answered.py", "examined"),),
    "models fetch": (("pipeline/commands/models.py", "models_fetch"),),
    "models list": (("pipeline/answered.py", "catalogued"),),
    "models verify": (("pipeline/answered.py", "verified"),),
    "scan": (("pipeline/leaks.py", "table"),),
    "suggestions": (("pipeline/suggestions.py", "table"),),
    "eval": tuple(
        ("pipeline/figures.py", function)
        for function in ("table", "_paired", "_values", "_edits", "_parts", "_averaged", "_named", "_outcome")
    ),
    "enroll": (("pipeline/commands/voiceprints.py", "enroll"),),
    "voiceprints": (("pipeline/commands/voiceprints.py", "voiceprints"),),
    "unenroll": (("pipeline/commands/voiceprints.py", "unenroll"),),
    "revoke": (("pipeline/answered.py", "taken_down"),),
    "publish": (("pipeline/outlets/answered.py", "table"),),
    "index": (("pipeline/outlets/answered.py", "indexed"),),
    "search": (("pipeline/outlets/answered.py", "found"),),
    "risk": (("pipeline/risk_note.py", "table"),),
    "verify": (("pipeline/verifying.py", "table"),),
    "signing-key": (("pipeline/commands/verify.py", "signing_key"),),
    "register list": (("pipeline/commands/register.py", "register_list"), ("pipeline/registrar.py", "row")),
    "register show": (
        ("pipeline/commands/register.py", "register_show"),
        ("pipeline/registrar.py", "table"),
        ("pipeline/registrar.py", "row"),
    ),
    "watch": (("pipeline/inbox/events.py", "row"),),
    "submit": (("pipeline/commands/jobs.py", "submit"), ("pipeline/jobs/hand_in.py", "_row")),
    "cancel": (("pipeline/answered.py", "job"),),
    "retry": (("pipeline/answered.py", "job"),),
    "register add": (("pipeline/api/people.py", "add_people"), ("pipeline/registrar.py", "row")),
    "register set": (("pipeline/answered.py", "changed"), ("pipeline/registrar.py", "row")),
    "register remove": (("pipeline/api/people.py", "remove_person"),),
    "register log": (("pipeline/answered.py", "uses"),),
    "serve": (("pipeline/commands/serve.py", "serve_"),),
    "worker": (("pipeline/commands/worker.py", "worker_"),),
    "account list": (
        ("pipeline/commands/account.py", "account_list"),
        ("pipeline/room/emergency.py", "rows"),
    ),
    "account token": (("pipeline/room/emergency.py", "token"), ("pipeline/room/emergency.py", "tokens")),
    "account tokens": (
        ("pipeline/commands/account.py", "account_tokens"),
        ("pipeline/room/emergency.py", "tokens"),
    ),
    "account untoken": (("pipeline/commands/account.py", "account_untoken"),),
    "metrics": (("pipeline/commands/outside.py", "metrics"),),
    "webhook test": (
        ("pipeline/commands/outside.py", "webhook_test"),
        ("pipeline/outside/webhooks.py", "test"),
    ),
    "webhook list": (
        ("pipeline/commands/outside.py", "webhook_list"),
        ("pipeline/outside/outbox.py", "rows"),
        ("pipeline/outside/outbox.py", "body_of"),
    ),
    "webhook resend": (("pipeline/commands/outside.py", "webhook_resend"),),
    "account add": (("pipeline/commands/account.py", "account_add"),),
    "account link": (("pipeline/commands/account.py", "account_link"),),
    "audit verify": (("pipeline/answered.py", "chains"),),
    "audit show": (("pipeline/commands/audit.py", "audit_show"), ("pipeline/audit.py", "table")),
    "rediarize": (("pipeline/commands/rediarize.py", "rediarize_"),),
    "purge": (("pipeline/keeping/purge.py", "table"),),
    "certificates": (
        ("pipeline/commands/keeping.py", "certificates_"),
        ("pipeline/keeping/certificates.py", "table"),
    ),
    "hold": (("pipeline/commands/keeping.py", "hold"),),
    "unhold": (("pipeline/commands/keeping.py", "unhold"),),
    "holds": (("pipeline/commands/keeping.py", "holds_"),),
    "backup-key": (("pipeline/commands/keeping.py", "backup_key"),),
    "backup": (("pipeline/commands/keeping.py", "backup"),),
    "restore": (("pipeline/commands/keeping.py", "restore"),),
}
"""Where a command's JSON object is built, if not in the function of its own name."""


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()
COMMANDS: dict[str, click.Command] = dict(GENERATE.commands())


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for paper in PAPERS:
        found = re.findall(rf"^```{language}\n(.*?)^```$", text_of(paper), flags=re.MULTILINE | re.DOTALL)
        yield from ((paper.name, block) for block in found)


def snippets() -> list[tuple[str, str]]:
    lines = [(paper, line) for paper, block in blocks("console") for line in block.splitlines()]
    return [(paper, line[2:]) for paper, line in lines if line.startswith("$ ")]


SNIPPETS = snippets()
ZHUZI_SNIPPETS = sorted({line for _, line in SNIPPETS if line.startswith("zhuzi ")})
RUN = [
    line for line in ZHUZI_SNIPPETS if re.search(r"--help|--version|^zhuzi status$|^zhuzi models list$", line)
]


def table_rows(path: Path) -> dict[str, str]:
    """The rows of a paper's tables by what stands in backquotes in their first cell."""
    rows = re.findall(r"^\| `([^`]+)`.*$", text_of(path), flags=re.MULTILINE)
    return {name: name for name in rows}


@pytest.mark.parametrize("name", GENERATE.WRITTEN)
def test_a_generated_paper_is_what_the_program_says_today(name: str) -> None:
    assert text_of(DOCS / name) == GENERATE.WRITTEN[name](), "stale: run make docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented_with_every_option_and_argument(name: str) -> None:
    reference = text_of(DOCS / "cli.md")
    section = re.search(rf"^## zhuzi {name}\n(.*?)(?=^## |\Z)", reference, flags=re.MULTILINE | re.DOTALL)
    assert section is not None
    common = reference.partition("## What every command has in common")[2].partition("\n## ")[0]
    for param in COMMANDS[name].params:
        if isinstance(param, click.Option):
            assert param.help, f"{param.name} has no help"
            where = common if param.name in GENERATE.EVERYWHERE else section[1]
            assert all(re.search(rf"`{opt}\b", where) for opt in param.opts), param.opts
        else:
            assert (param.metavar or str(param.name).upper()) in section[1].partition("|")[0]


def test_every_command_of_the_code_is_among_them() -> None:
    calls = [
        call
        for path in (ROOT / "pipeline" / "cli.py", *sorted((ROOT / "pipeline" / "commands").glob("*.py")))
        for call in ast.walk(ast.parse(text_of(path)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    ]
    found = set()
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id in {"_command", "command"}:
            group, name = (ast.unparse(argument) for argument in call.args)
            found.add(("" if group == "main" else group + " ") + name.strip("'"))
    assert found == set(COMMANDS) == set(GENERATE.ANSWERS) == set(GENERATE.EXITS)


def keys_built_in(path: str, function: str) -> set[str]:
    """The names that a function gives to values: in dictionaries that it writes out, and by `row["name"] = …`."""
    tree = ast.parse(text_of(ROOT / path))
    body = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function)
    keys: set[str] = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Dict):
            keys |= {k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            keys |= {str(node.slice.value)} if isinstance(node.slice, ast.Constant) else set()
    return keys


@pytest.mark.parametrize("name", COMMANDS)
def test_the_json_keys_of_a_command_are_documented_and_no_others(name: str) -> None:
    places = ANSWERED_BY.get(name, (("pipeline/cli.py", name.replace(" ", "_")),))
    built = set().union(*(keys_built_in(path, function) for path, function in places))
    told = {part for key in GENERATE.ANSWERS[name] for part in re.split(r"\[\]\.|\.", key)}
    told -= {part for part in told if part.isupper()}
    built -= {"file"} if name == "status" else set()  # of a stage, by which they are sorted
    assert told == built


def test_every_level_of_evidence_is_documented() -> None:
    told = re.search(r"level: (.*)$", str(Evidence.__doc__), re.MULTILINE)
    assert told is not None
    levels = re.findall(r'"([a-z-]+)"', told[1])
    assert re.findall("`([a-z-]+)`", GENERATE.ANSWERS["show"]["marks[].level"]) == levels
    table = text_of(DOCS / "design.md").partition("| level |")[2].partition("| tier |")[0]
    named = {name for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in row.split(", ")}
    assert named - {"---"} == set(levels) - {"pattern", "manual"}


def test_every_setting_that_the_code_reads_is_in_the_table() -> None:
    told = table_rows(DOCS / "settings.md")
    assert {s.name for s in settings.SETTINGS} == set(told)
    sources = [
        p
        for package in ("pipeline", "speakers", "redaction", "output")
        for p in (
            *(ROOT / package).glob("*.py"),
            *(ROOT / package / "outside").glob("*.py"),
            *(ROOT / package / "outlets").glob("*.py"),
        )
    ]
    read = {name for path in sources for name in re.findall(r"\"(ZHUZI_[A-Z_]+|HF_TOKEN)\"", text_of(path))}
    assert read == set(told)


def error_classes() -> list[type[ZhuziError]]:
    for package in (pipeline, speakers, redaction, output):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    found, waiting = [], [ZhuziError]
    while waiting:
        found.append(waiting.pop())
        waiting += [c for c in found[-1].__subclasses__() if c.__module__.split(".")[0] != "tests"]
    return found


def test_every_error_is_documented_with_its_own_exit_code() -> None:
    classes = [
        c
        for c in error_classes()
        if c.__module__.split(".")[0] in {"pipeline", "speakers", "redaction", "output"}
        and "exit_code" in vars(c)  # one that is told by a child has the code of what was raised there
    ]
    codes = [c.exit_code for c in classes]
    assert len(set(codes)) == len(codes)
    paper = text_of(DOCS / "errors.md")
    for error in classes:
        assert re.search(rf"^\| {error.exit_code} \| `{error.__name__}`", paper, flags=re.MULTILINE), (
            error.__name__
        )
    assert {int(c) for c in re.findall(r"^\| (\d+) \|", paper, flags=re.MULTILINE)} == {*codes, 0, 2, 130}


def test_every_key_of_a_meeting_is_documented() -> None:
    told = table_rows(DOCS / "meeting-toml.md")
    of_blocks = re.findall(r"toml.known\(entry, \(([^)]*)\)", text_of(ROOT / "pipeline/meeting_toml.py"))
    assert len(of_blocks) == 1  # links
    wanted = {
        *meeting_toml._KEYS,
        *participant_toml.KEYS,
        *participant_toml.FACT_KEYS,
        *(f'"{kind}"' for kind in FactKind),
        *meeting_toml._MICROPHONE_KEYS,
        *meeting_toml._BROUGHT_KEYS,
        *(key for found in of_blocks for key in found.split('"')[1::2]),
        *meeting_toml._AGENDA_KEYS,
    }
    assert wanted | {f'"{wish}"' for wish in Wish} == set(told)
    assert all(f"{bound} = " in text_of(DOCS / "meeting-toml.md") for bound in ("min", "max"))


class OneEntry:
    """A register with somebody in it."""

    def person(self, entry_id: str) -> Person:
        return Person(entry_id, "游品妤")

    def elsewhere(self, taking_part: frozenset[str]) -> tuple[Person, ...]:
        return ()


def test_the_template_names_every_key_and_can_be_filled_in() -> None:
    filled = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", TEMPLATE, flags=re.MULTILINE)
    meeting = meeting_toml.parse(filled, OneEntry())
    assert len(meeting.participants) == 3
    assert all(re.search(rf"^(# )?(\[\[)?{key}\b", TEMPLATE, re.MULTILINE) for key in meeting_toml._KEYS)
    assert all(
        re.search(rf"^# {key} = ", TEMPLATE, re.MULTILINE)
        for key in (*participant_toml.KEYS, *meeting_toml._MICROPHONE_KEYS)
    )


TOML = list(blocks("toml"))


@pytest.mark.parametrize(("paper", "block"), TOML, ids=[f"{p}-{i}" for i, (p, _) in enumerate(TOML)])
def test_an_example_in_toml_is_one_that_the_program_takes(paper: str, block: str, tmp_path: Path) -> None:
    if "[models." in block:
        extra = tmp_path / "models.toml"
        extra.write_text(block, "utf-8")
        assert load_catalogue(extra).models, paper
    elif paper == "keeping.md":
        (tmp_path / retention.NAME).write_text(block, "utf-8")
        assert retention.rules(tmp_path), paper
    elif paper == "publishing.md":
        (tmp_path / listed.NAME).write_text(block, "utf-8")
        assert len(listed.outlets(tmp_path, {})) == len(listed.KINDS), paper
    else:
        assert meeting_toml.parse(block).participants, paper


def test_there_are_examples_in_both_readmes_and_beside_the_keys() -> None:
    assert {"README.md", "README.zh-TW.md", "meeting-toml.md", "models.md"} <= {paper for paper, _ in TOML}


def command_in(line: str) -> tuple[click.Command, list[str]]:
    words = shlex.split(line)[1:]
    command: click.Command = cli.main
    while words and isinstance(command, click.Group) and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    return command, words


@pytest.mark.parametrize("line", ZHUZI_SNIPPETS)
def test_a_command_in_a_paper_is_one_that_can_be_typed(line: str) -> None:
    command, words = command_in(line)
    context = click.Context(command)
    given, left, _ = command.make_parser(context).parse_args(list(words))
    assert not left
    if not {"--help", "--version"} & set(words):
        missing = [p.name for p in command.params if p.required and not given.get(str(p.name))]
        assert not missing
        assert not isinstance(command, click.Group)


@pytest.mark.parametrize("line", RUN)
def test_a_command_that_needs_no_models_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUZI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ZHUZI_MODELS", str(tmp_path / "models"))
    done = CliRunner().invoke(cli.main, shlex.split(line)[1:])
    assert done.exit_code == 0, done.output
    assert done.output.strip()


def test_some_commands_in_the_papers_are_run() -> None:
    assert {"zhuzi --help", "zhuzi status"} <= set(RUN)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_can_be_shown(name: str) -> None:
    done = CliRunner().invoke(cli.main, [*name.split(), "--help"])
    assert done.exit_code == 0
    assert str(COMMANDS[name].help).split()[0] in done.output


@pytest.mark.parametrize("readme", ["README.md", "README.zh-TW.md"])
def test_a_readme_has_the_two_commands_the_picture_and_the_way_to_a_record(readme: str) -> None:
    typed = [line for paper, line in SNIPPETS if paper == readme]
    assert {"make demo", "make test"} <= set(typed)
    assert [line.split()[1] for line in typed if re.match("zhuzi (new|run|review|release) ", line)] == [
        "new",
        "run",
        "review",
        "release",
    ]
    assert text_of(ROOT / readme).count("![") == 2  # the picture, and the review room


def test_every_make_target_in_a_paper_is_in_the_makefile() -> None:
    makefile = text_of(ROOT / "Makefile")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[1].split())  # type: ignore[index]
    typed = [line.split()[1:] for _, line in SNIPPETS if line.startswith("make ")]
    named = [t for p in PAPERS for t in re.findall(r"`make ([a-z]+)[` ]", text_of(p))]
    wanted = {word for words in typed for word in words if "=" not in word} | set(named)
    assert wanted >= {"demo", "test", "check"}
    assert wanted <= targets


def anchors(path: Path) -> set[str]:
    """The addresses of a paper's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: p.name)
def test_a_link_inside_the_project_leads_somewhere(paper: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", text_of(paper), flags=re.MULTILINE | re.DOTALL)
    for address in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", address):
            continue
        place, _, anchor = address.partition("#")
        target = (paper.parent / place) if place else paper
        assert target.exists(), address
        assert not anchor or anchor in anchors(target), address


def test_papers_in_docs_are_reachable_from_both_readmes() -> None:
    for readme in ("README.md", "README.zh-TW.md"):
        linked = set(re.findall(r"\]\(docs/([a-z-]+\.md)", text_of(ROOT / readme)))
        assert {p.name for p in DOCS.glob("*.md")} <= linked, readme


def test_the_number_of_kept_words_in_the_design_is_the_number_in_the_code() -> None:
    from speakers.traditional import _SAID_IN_TAIWAN

    assert f"keeps {len(_SAID_IN_TAIWAN)} words" in text_of(DOCS / "design.md")


def test_the_design_names_the_diarization_settings_in_force() -> None:
    from speakers.offline import Settings

    design, in_force = text_of(DOCS / "design.md"), Settings()
    assert f"A window every {in_force.step} frames" in design
    assert f"pieces of at most {in_force.piece} frames" in design
    assert f"at threshold {in_force.threshold}".replace("0.", ".") in design
    assert f"at least {in_force.smallest_s:.0f} s" in design


def test_both_readmes_give_the_same_figures_and_lead_to_the_same_places() -> None:
    english, chinese = ((ROOT / n).read_text("utf-8") for n in ("README.md", "README.zh-TW.md"))

    def facts(text: str) -> tuple[list[str], list[str], list[str]]:
        keys = [line.partition("#")[0] for line in text.split("\n") if " = " in line]
        links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")]
        return sorted(set(re.findall(r"\d[\d.]* ?(?:%|GB|MB)", text))), sorted(links), keys

    assert facts(english) == facts(chinese)
    assert "still publishes their name" in english
    assert "姓名仍會以發言者的身分公開" in chinese
