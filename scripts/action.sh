#!/usr/bin/env bash
# The one step of action.yml: lints what is new since a commit; annotations on stdout, SARIF and Markdown in files.
# In: SUREFOOT_PATHS (one per line), SUREFOOT_SINCE, SUREFOOT_MAX_WARNINGS, SUREFOOT_VERSION; SUREFOOT_COMMAND replaces npx in tests.
# Out: the outputs `sarif` and `comment`, a job summary, and the linter's exit status.
set -euo pipefail

read -ra command <<<"${SUREFOOT_COMMAND:-npx --yes surefoot@${SUREFOOT_VERSION:-latest}}"
folder="${RUNNER_TEMP:?is set by the runner}"
sarif="$folder/surefoot.sarif"
comment="$folder/surefoot.md"

arguments=(lint --format github --format "sarif=$sarif" --format "markdown=$comment")
# All zeros: the first push of a branch has no commit before it.
if [[ -n "${SUREFOOT_SINCE:-}" && ! "$SUREFOOT_SINCE" =~ ^0+$ ]]; then arguments+=(--since "$SUREFOOT_SINCE"); fi
if [[ -n "${SUREFOOT_MAX_WARNINGS:-}" ]]; then arguments+=(--max-warnings "$SUREFOOT_MAX_WARNINGS"); fi
arguments+=(--)
while IFS= read -r path; do
  if [[ -n "$path" ]]; then arguments+=("$path"); fi
done <<<"${SUREFOOT_PATHS:-}"

status=0
"${command[@]}" "${arguments[@]}" || status=$?

if [[ -s "$sarif" ]]; then echo "sarif=$sarif" >>"$GITHUB_OUTPUT"; fi
if [[ -s "$comment" ]]; then
  echo "comment=$comment" >>"$GITHUB_OUTPUT"
  cat "$comment" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$status"
