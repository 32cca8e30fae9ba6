#!/usr/bin/env bash
# Installs this checkout into a virtual environment of its own, so that the version is that of the action's ref.
#
# Reads PYTHON, GITHUB_ACTION_PATH and RUNNER_TEMP; writes `programs`, the folder of the programs, to GITHUB_OUTPUT.
# -I: the working directory is the checkout of a pull request, and must not be where modules come from.
set -euo pipefail

environment="$(mktemp -d "$RUNNER_TEMP/vmsnap-lint.XXXXXX")/environment"
"$PYTHON" -I -m venv "$environment"
programs="$environment/bin"
if [[ ! -d "$programs" ]]; then
  programs="$environment/Scripts" # on Windows
fi
install=("$programs/python" -I -m pip install --quiet --disable-pip-version-check --no-input)
for needed in requirements build-requirements; do
  "${install[@]}" --require-hashes --only-binary :all: --requirement "$GITHUB_ACTION_PATH/action/$needed.txt"
done
# It has no wheel for musl, nor for Windows on ARM: a run without policies does not need it, one with policies says so.
"${install[@]}" --require-hashes --only-binary :all: --requirement "$GITHUB_ACTION_PATH/action/cel-requirements.txt" ||
  printf 'CEL cannot be installed here: a run with policies ends with exit code 2\n'
"${install[@]}" --no-deps --no-build-isolation "$GITHUB_ACTION_PATH"
printf 'programs=%s\n' "$programs" >>"$GITHUB_OUTPUT"
