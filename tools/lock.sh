#!/usr/bin/env bash
# Remakes the three lock files. uv writes hashes and no address at all (see docs/decisions/0004).
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"
compile() { "$uv" pip compile --universal --generate-hashes --no-header --python-version 3.12 --quiet "$@"; }
compile pyproject.toml -o requirements.txt
compile pyproject.toml --extra dev -o requirements-dev.txt
compile pyproject.toml --extra bench -o requirements-bench.txt
echo uv | compile - -o tools/uv.txt
! grep -nE '://|--index|--find-links' requirements*.txt tools/uv.txt
