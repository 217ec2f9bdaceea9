"""Every sentence that the program may say to a person, read from its source, as a template with {} for each value.

`python -m tests.sentences` puts pipeline/chinese.toml in the order of the source: sentences that nothing says any more
are left out of it, and new ones stand in it with empty Chinese, to be filled in.
"""

import ast
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from pipeline.chinese import templates
from tests.test_docs import ROOT

HEAD = """# The Chinese of everything that the program says. How a line is written stands at the top of chinese.py.
# `python -m tests.sentences` adds a line for each new sentence, and takes out those that nothing says any more.
"""

PACKAGES = ("speakers", "redaction", "output", "pipeline")

SILENT = {
    "pipeline/cli.py": "lines of the command line and the help of its options",
    "pipeline/commands/*.py": "lines of the command line and the help of its options",
    "pipeline/demo.py": "what `make demo` prints",
    "pipeline/desk.py": "the terminal, which says both languages at once",
    "pipeline/terminal.py": "likewise",
    "pipeline/terminal_marks.py": "likewise",
    "pipeline/outside/metrics.py": "what figures mean, for those who scrape them",
    "pipeline/risk_note.py": "likewise",
    "pipeline/keeping/purge.py": "tables of `zhuzi purge`",
    "pipeline/room/api/*.py": "the description of the HTTP API, for those who write programs",
    "pipeline/figures.py": "tables of `zhuzi eval`",
    "pipeline/lanes.py": "a picture of `zhuzi eval`",
    "pipeline/meeting_toml.py": "the template of a file, in both languages",
    "redaction/rates.py": "says both languages at once",
    "redaction/mail.py": "patterns",
    "redaction/births.py": "patterns",
    "redaction/strangers.py": "patterns",
    "speakers/phrases.py": "patterns",
    "speakers/tokens.py": "how `zhuzi eval` counts words",
    "output/paragraph.py": "what is published, in the language of the record",
    "output/document.py": "likewise",
    "output/html_page.py": "likewise",
    "output/licence.py": "likewise",
    "output/odt.py": "names of styles",
    "output/docx.py": "names of styles",
    "output/pictures.py": "what is published, in the language of the record",
}
"""Modules whose sentences are not looked at, unless an error says them; and why."""

SILENT_CALLS = frozenset({"Setting", "option", "argument", "Option"})
"""What is called with the help of a setting or an option, which docs/settings.md and docs/cli.md are made of."""

NO_SENTENCES = frozenset(
    {
        "in {}: {}",
        "correction window: {}",
        "interrupted: {}",
        'zhuzi revoke ID --reviewer "Your Name" --reason "…"',
        "{}: models.",
        "{}: packages.",
    }
)
"""What looks like one and is none."""


_SQL = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP) |[a-z]+ = \?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One template, and where it stands."""

    template: str
    module: str
    line: int


def all_sentences() -> tuple[Sentence, ...]:
    """Each once, in the order of the files."""
    found: dict[str, Sentence] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for sentence in _of(path):
                found.setdefault(sentence.template, sentence)
    return tuple(found.values())


def all_strings() -> Iterator[str]:
    """Every string of the program, with {} for each value."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                template = _template(node)
                if template:
                    yield template


def _of(path: Path) -> Iterator[Sentence]:
    module = str(path.relative_to(ROOT))
    silent = any(fnmatch(module, pattern) for pattern in SILENT)
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    inside = {id(part) for n in ast.walk(tree) for part in _parts(n)}
    helps = {id(argument) for n in ast.walk(tree) if _called(n) in SILENT_CALLS for argument in ast.walk(n)}
    paired = {id(part) for n in ast.walk(tree) for part in _beside_chinese(n)}
    raised = {id(argument) for n in ast.walk(tree) if _is_error(n) for argument in ast.walk(n)}
    for node in ast.walk(tree):
        if (
            id(node) in docstrings
            or id(node) in inside | helps | paired
            or (silent and id(node) not in raised)
        ):
            continue
        template = _alone(_template(node) or "")
        if not _is_sentence(template) or template in NO_SENTENCES:
            continue
        yield Sentence(template, module, getattr(node, "lineno", 0))


def _is_error(node: ast.AST) -> bool:
    name = _called(node)
    return name.endswith("Error") and name != "UsageError"


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Strings that belong to a longer one."""
    if isinstance(node, ast.JoinedStr):
        yield from (v for v in node.values if isinstance(v, ast.Constant))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _template(node) is not None:
        yield from (node.left, node.right)


def _beside_chinese(node: ast.AST) -> Iterator[ast.AST]:
    """Strings whose Chinese stands right before them: t("核可", "Approve")."""
    sides = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
    for chinese, english in itertools.pairwise(sides):
        if re.match("[\u3400-\u9fff]", _template(chinese) or ""):
            yield from ast.walk(english)


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{[a-z_]+\}", "{}", node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [_template(side) for side in (node.left, node.right)]
        if any(sides):
            return "".join("{}" if side is None else side for side in sides)
    return None


def _alone(template: str) -> str:
    """Without other sentences that are put before or after it.

    >>> _alone("{} Try again."), _alone("It is unknown.{}"), _alone("{} GB are free.")
    ('Try again.', 'It is unknown.', '{} GB are free.')
    """
    return re.sub(r"^\{\} (?=[A-Z][a-z])|(?<=[.?]) ?\{\}$", "", template)


def _is_sentence(template: str) -> bool:
    """Whether it begins and ends as a sentence, and says something.

    >>> _is_sentence("There is no {}."), _is_sentence("{}: {}"), _is_sentence("near a mention")
    (True, False, False)
    """
    ends = r"[.?…。]['’”\"]?|: \{\}"
    return (
        bool(re.fullmatch(rf"[\"A-Za-z{{-](?s:.*)[a-z](?s:.*)(?:{ends})", template))
        and " " in template
        and not _SQL.match(template)
    )


def catalogue() -> str:
    """The catalogue as it should be, with what it holds already."""
    said, room, part = (templates(table) for table in ("said", "room", "part"))
    lines, module = [HEAD, "[said]"], ""
    for sentence in all_sentences():
        if sentence.module != module:
            module = sentence.module
            lines.append(f"# {module}")
        lines.append(_line(sentence.template, said.get(sentence.template, "")))
    known = [sentence.template for sentence in all_sentences() if sentence.template in room]
    lines += ["", "[room]", *(_line(template, room[template]) for template in known)]
    return "\n".join([*lines, "", "[part]", *(_line(*item) for item in part.items()), ""])


def _line(template: str, chinese: str | list[str]) -> str:
    both = chinese if isinstance(chinese, str) else list(chinese)
    shown = _text(both) if isinstance(both, str) else f"[{', '.join(map(_text, both))}]"
    return f"{_text(template)} = {shown}"


def _text(text: str) -> str:
    return (
        f"'{text}'" if '"' in text and not {"'", "\\"} & set(text) else json.dumps(text, ensure_ascii=False)
    )


if __name__ == "__main__":
    (ROOT / "pipeline" / "chinese.toml").write_text(catalogue(), "utf-8")
