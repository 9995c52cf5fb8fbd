#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: installs the lab from source/lab, a copy of its repository.
set -euo pipefail
autograder=${AUTOGRADER:-/autograder}

if [ ! -x "$autograder/venv/bin/python" ]; then
    if ! python3 -c 'import ensurepip' 2>/dev/null || ! command -v cc >/dev/null; then
        apt-get update -q
        apt-get install -q -y python3 python3-venv gcc libc6-dev
    fi
    python3 -m venv "$autograder/venv"
    "$autograder/venv/bin/pip" install -q "$autograder/source/lab"
fi
"$autograder/venv/bin/python" -m lab validate "$autograder/source/profile.yaml"
