"""Read pip's dry-run report of torch on standard input; print the build it offers: `cpu` or `cuda`."""

import json
import re
import sys

try:
    from pip._vendor.packaging.requirements import Requirement
except ImportError as error:
    raise SystemExit("This pip is too old to look before it downloads: run `make clean install`.") from error


def is_cuda(requirement: str) -> bool:
    """Whether a requirement brings CUDA onto this machine.

    >>> is_cuda("nvidia-cudnn-cu13==9.1; platform_system == 'Atari'"), is_cuda("triton==3")
    (False, True)
    """
    read = Requirement(requirement)
    wanted = read.marker is None or read.marker.evaluate({"extra": ""})
    return wanted and re.match(r"(nvidia|cuda|triton)\b", read.name) is not None


if __name__ == "__main__":
    (torch,) = json.load(sys.stdin)["install"]
    needs = torch["metadata"].get("requires_dist", [])
    local = torch["metadata"]["version"].partition("+")[2]
    print("cuda" if local != "cpu" and any(map(is_cuda, needs)) else "cpu")
