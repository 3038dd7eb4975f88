#!/usr/bin/env bash
# Packages a program and checks it, on any CI: needs Go and a network. The reports are
# in $REPORTS (check.xml for whatever reads JUnit, check.jsonl for everything else).
#
#   ci.sh [package [target]]
#
# Exit code: 0 nothing found, 3 findings, anything else a failure.
set -euo pipefail

package=${1:-.}
target=${2:-glibc:2.31}
reports=${REPORTS:-reports}
out=${OUT:-out}
mkdir -p "$reports"

command -v llgo >/dev/null || go install github.com/llgo-pypack/llgo-pypack/cmd/llgo@latest
PATH=$PATH:$(go env GOPATH)/bin

llgo build --py-onedir -o "$out/app" "$package"

check=(llgo py check --target "$target")
check+=(--format text --format "junit=$reports/check.xml" --format "json=$reports/check.jsonl")
# Findings that are known: llgo py check --write-baseline check-baseline.json out/app
if [ -f check-baseline.json ]; then
    check+=(--baseline check-baseline.json)
fi
"${check[@]}" "$out"
