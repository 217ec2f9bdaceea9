#!/bin/sh
# Install torch: sh requirements/torch.sh PYTHON auto|cpu|cuda
#
# Some indexes offer a CUDA build first, which brings gigabytes that a machine without a graphics card never
# uses. So `auto` and `cpu` look before they download: if pip would install a processor build, pip does; if not,
# uv fetches one from PyTorch's own index, whose place it knows. Only `cuda` ever downloads a CUDA build.
set -eu

python=$1
wanted=$2
here=$(dirname "$0")
torch=$(grep '^torch==' "$here/constraints.txt")

refuse() {
    echo "Error: $1" >&2
    echo "  $2" >&2
    exit 1
}

installed=$("$python" -c 'from importlib import metadata; print(metadata.version("torch"))' 2>/dev/null) || installed=none
case $wanted:torch==$installed in
    auto:"$torch" | auto:"$torch"+*) exit 0 ;; # `auto` leaves a build that somebody chose earlier
esac

case $wanted in
    auto | cpu) ;;
    cuda)
        echo "Installing $torch with CUDA: several gigabytes."
        exec "$python" -m pip install --quiet --disable-pip-version-check "$torch"
        ;;
    *) refuse "TORCH=$wanted is not known." "Choose TORCH=auto, TORCH=cpu or TORCH=cuda." ;;
esac

look() {
    "$python" -m pip install --dry-run --ignore-installed --no-deps --quiet --disable-pip-version-check \
        --report - "$torch" | "$python" "$here/offered.py"
}

offered=$(look) || offered=unreachable
if [ "$offered" = cpu ]; then
    echo "Installing $torch for the processor."
    exec "$python" -m pip install --quiet --disable-pip-version-check --no-deps "$torch"
fi

echo "pip offers no processor build of $torch here ($offered); asking uv for one."
if "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$here/uv.lock" &&
    "$python" -m uv pip install --quiet --python "$python" --torch-backend=cpu --no-deps "$torch"; then
    exit 0
fi
refuse "no processor build of $torch could be downloaded." \
    "Let this machine reach PyTorch's index, give pip a folder with the wheel (PIP_FIND_LINKS), or run make again with TORCH=cuda to accept several gigabytes."
