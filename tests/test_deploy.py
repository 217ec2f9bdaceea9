"""The files of deploy/ are what systemd, cron and a container builder take, and keep the network out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from pipeline import cli
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SERVICES = sorted(DEPLOY.glob("*.service"))
PROGRAM = "/opt/zhuzi/.venv/bin/zhuzi"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    for other in UNITS:  # the program is not installed where a service would have it
        name = other.name.replace("@.", "@cpu.")
        (tmp_path / name).write_text(other.read_text("utf-8").replace(PROGRAM, "/bin/true"), "utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name.replace("@.", "@cpu."))],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in verified.stderr.splitlines() if "zhuzi" in line]
    assert (verified.returncode, said) == (0, []), verified.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda p: p.name)
def test_a_service_may_reach_nobody_outside(unit: Path) -> None:
    text = unit.read_text("utf-8")
    lines = set(text.splitlines())
    assert {"IPAddressDeny=any", "NoNewPrivileges=yes", "ProtectSystem=strict", "User=zhuzi"} <= lines
    assert "PrivateNetwork=yes" in lines or {"IPAddressAllow=localhost"} == {
        line for line in lines if line.startswith("IPAddressAllow")
    }


@pytest.mark.parametrize("path", [*SERVICES, DEPLOY / "zhuzi.cron"], ids=lambda p: p.name)
def test_what_is_started_is_a_command_of_the_program(path: Path) -> None:
    started = re.findall(rf"{PROGRAM} ([a-z]+)([^\n)]*)", path.read_text("utf-8"))
    assert started
    for name, rest in started:
        command = cli.main.commands.get(name)
        assert isinstance(command, click.Command)
        known = {option for param in command.params for option in param.opts}
        assert {word for word in rest.split() if word.startswith("--")} <= known


def test_the_container_keeps_its_builder_and_root_out_of_what_runs() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    steps = [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    assert {verb for verb, _ in steps} <= {
        "ARG", "FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "STOPSIGNAL", "ENTRYPOINT", "CMD",
    }  # fmt: skip
    last = max(n for n, (verb, _) in enumerate(steps) if verb == "FROM")
    final = dict(steps[last:])
    assert final["USER"] == "10001:10001"
    assert sum(verb == "FROM" for verb, _ in steps) == 2
    assert not [
        rest for verb, rest in steps[last:] if verb == "RUN" and re.search(r"\b(gcc|make|git)\b", rest)
    ]
