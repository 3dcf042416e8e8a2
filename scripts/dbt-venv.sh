# Sourced by fixtures.sh and selectors.sh: virtual environments with dbt.
#
# Needs Python 3.11 or 3.12 (PYTHON, default python3) and a package index.
# Virtual environments stay in THALWEG_CACHE (default .cache/) for the next time.
# shellcheck shell=bash disable=SC2034
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${THALWEG_CACHE:-$root/.cache}
python=${PYTHON:-python3}

# dbt-core, and the versions that go with it.
declare -A companions=(
    [1.8.10]="dbt-duckdb==1.8.4 duckdb==2.0.1 pandas==3.1.1"
    [1.12.6]="dbt-duckdb==1.11.1 duckdb==2.0.1 pandas==3.1.1"
)

venv_of() {
    local version=$1
    local venv=$cache/dbt-$version
    [ -e "$venv/ready" ] && return
    "$python" -m venv --clear "$venv"
    # dbt-core 1.12 also asks for an experimental parser, used only when switched on, whose
    # package fetches its wheel from elsewhere: everything but that is installed.
    "$venv/bin/pip" install --quiet --no-deps "dbt-core==$version"
    "$venv/bin/python" - >"$venv/requirements.txt" <<'PYTHON'
from importlib import metadata

for requirement in metadata.requires("dbt-core"):
    if "extra ==" not in requirement and "experimental-parser" not in requirement:
        print(requirement)
PYTHON
    # shellcheck disable=SC2086 # a list of requirements
    set -- ${companions[$version]}
    "$venv/bin/pip" install --quiet -r "$venv/requirements.txt" "${@:2}"
    "$venv/bin/pip" install --quiet --no-deps "$1"
    touch "$venv/ready"
}

export DBT_SEND_ANONYMOUS_USAGE_STATS=false PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"
[ -e "$cache/.gitignore" ] || echo '*' >"$cache/.gitignore"
