#!/usr/bin/env bash
# Runs vmsnap-lint for action.yml: all inputs come from INPUT_* variables, and no value becomes code or an option.
#
# Annotations go to the log, the summary to GITHUB_STEP_SUMMARY, files to a new folder in RUNNER_TEMP, and what
# later steps need to GITHUB_OUTPUT. Only then does the step fail, with the exit code of the program.
# It runs with the bash 3.2 of macOS, too: no mapfile, no expansion of empty arrays.
set -euo pipefail
unset CDPATH

MOST_SUMMARY=1048576 # bytes; https://docs.github.com/actions/reference/workflow-commands-for-github-actions
USAGE=2

# The text as the data of a workflow command.
escaped() {
  local text="${1//'%'/%25}"
  text="${text//$'\r'/%0D}"
  printf '%s' "${text//$'\n'/%0A}"
}

refuse() {
  printf '::error title=vmsnap-lint::%s\n' "$(escaped "$1")"
  exit "$USAGE"
}

switch() {
  case "$2" in
    true | false) ;;
    *) refuse "the input \"$1\" is \"$2\", which is neither \"true\" nor \"false\"" ;;
  esac
}

output() {
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# Shows a file in the log, where no line of it is a workflow command.
show() {
  local token
  token="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '::stop-commands::%s\n' "$token"
  cat -- "$1"
  printf '\n::%s::\n' "$token"
}

# The repository around the working directory, from which paths count; else the workspace.
repository() {
  local place="$PWD"
  while [[ -n "$place" && ! -e "$place/.git" ]]; do
    place="${place%/*}"
  done
  if [[ -z "$place" ]]; then
    printf '%s' "$GITHUB_WORKSPACE"
  elif command -v cygpath >/dev/null; then # on Windows
    cygpath -m "$place"
  else
    printf '%s' "$place"
  fi
}

switch annotations "$INPUT_ANNOTATIONS"
switch summary "$INPUT_SUMMARY"
switch sarif "$INPUT_SARIF"
cd -- "$GITHUB_WORKSPACE"
cd -- "$INPUT_WORKING_DIRECTORY" 2>/dev/null || refuse "there is no directory \"$INPUT_WORKING_DIRECTORY\""

results="$(mktemp -d "$RUNNER_TEMP/vmsnap-lint.XXXXXX")"
command=("$PROGRAMS/vmsnap-lint" check --color=never)
if [[ "$INPUT_ANNOTATIONS" == true ]]; then
  command+=(--format=github)
else
  command+=(--format=full)
fi
command+=("--output=json=$results/vmsnap-lint.json")
if [[ "$INPUT_SUMMARY" == true ]]; then
  command+=("--output=markdown=$results/vmsnap-lint.md")
fi
if [[ "$INPUT_SARIF" == true ]]; then
  command+=("--output=sarif=$results/vmsnap-lint.sarif")
fi
# An empty input leaves it to the configuration; `--option=value` is one word whatever the value is.
for option in kubevirt fail-on min-severity render since facts config; do
  name="$(printf 'INPUT_%s' "$option" | tr 'a-z-' 'A-Z_')"
  if [[ -n "${!name}" ]]; then
    command+=("--$option=${!name}")
  fi
done
while IFS= read -r word || [[ -n "$word" ]]; do
  word="${word%$'\r'}"
  if [[ -n "$word" ]]; then
    command+=("$word")
  fi
done <<<"$INPUT_ARGS"
command+=(--)
while IFS= read -r path || [[ -n "$path" ]]; do
  path="${path%$'\r'}"
  if [[ -n "$path" ]]; then
    command+=("$path")
  fi
done <<<"$INPUT_PATHS"

code=0
if [[ "$INPUT_ANNOTATIONS" == true ]]; then
  "${command[@]}" 2>"$results/notes.txt" || code=$?
else
  "${command[@]}" >"$results/findings.txt" 2>"$results/notes.txt" || code=$?
  show "$results/findings.txt"
fi
show "$results/notes.txt"
output exit-code "$code"
output repository "$(repository)"
if ((code > 1)); then
  printf '::error title=vmsnap-lint::%s\n' "$(escaped "$(tail -c 4000 "$results/notes.txt")")"
fi

if [[ -s "$results/vmsnap-lint.json" ]]; then
  output json-file "$results/vmsnap-lint.json"
  "$PROGRAMS/python" -I "$GITHUB_ACTION_PATH/action/counts.py" "$results/vmsnap-lint.json" >>"$GITHUB_OUTPUT"
fi
if [[ -s "$results/vmsnap-lint.md" ]]; then
  output markdown-file "$results/vmsnap-lint.md"
  if (($(wc -c <"$results/vmsnap-lint.md") <= MOST_SUMMARY)); then
    cat "$results/vmsnap-lint.md" >>"$GITHUB_STEP_SUMMARY"
  else # a larger one would be dropped without a word
    printf 'The result of vmsnap-lint is too long for a summary: see the log.\n' >>"$GITHUB_STEP_SUMMARY"
  fi
fi
if [[ -s "$results/vmsnap-lint.sarif" ]]; then
  output sarif-file "$results/vmsnap-lint.sarif"
  if ((code <= 1)); then
    output sarif-complete true
  fi
fi
exit "$code"
