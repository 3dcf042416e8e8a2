# Sourced by fixtures.sh, projects.sh, selectors.sh and lifecycle.sh: virtual environments with dbt, and a throw-away
# PostgreSQL.
#
# Needs Python 3.11 or 3.12 (PYTHON, default python3) and a package index; the oldest dbt
# versions need Python 3.10 (OLD_PYTHON, default python3.10).
# Virtual environments stay in THALWEG_CACHE (default .cache/) for the next time.
# shellcheck shell=bash disable=SC2034
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${THALWEG_CACHE:-$root/.cache}
python=${PYTHON:-python3}

# dbt-core, and the versions that go with it. Those before "--" are installed without what they ask for.
declare -A companions=(
    [1.3.7]="dbt-duckdb==1.3.4 dbt-postgres==1.3.7 -- duckdb==0.6.1 protobuf==3.20.3 psycopg2-binary==2.9.13"
    [1.5.11]="dbt-duckdb==1.5.2 dbt-postgres==1.5.11 -- duckdb==1.0.0 pandas==2.3.3 numpy==1.26.4 psycopg2-binary==2.9.13"
    [1.7.19]="dbt-duckdb==1.7.5 dbt-postgres==1.7.19 -- duckdb==1.1.3 pandas==2.3.3 psycopg2-binary==2.9.13"
    [1.8.10]="dbt-duckdb==1.8.4 -- duckdb==2.0.1 pandas==3.1.1"
    [1.12.6]="dbt-duckdb==1.11.1 dbt-postgres==1.11.0 dbt-loom==0.9.6 -- duckdb==2.0.1 pandas==3.1.1 psycopg2-binary==2.9.13 networkx==3.6.1 fastapi==0.165.0"
)
declare -A pythons=([1.3.7]=${OLD_PYTHON:-python3.10} [1.5.11]=${OLD_PYTHON:-python3.10})

venv_of() {
    local version=$1
    local venv=$cache/dbt-$version
    # The list is part of the mark: an environment made for another list is made again.
    [ "$(cat "$venv/ready" 2>/dev/null)" = "${companions[$version]}" ] && return
    "${pythons[$version]:-$python}" -m venv --clear "$venv"
    # dbt-core 1.12 also asks for an experimental parser, used only when switched on, whose
    # package fetches its wheel from elsewhere: everything but that is installed.
    "$venv/bin/pip" install --quiet --no-deps "dbt-core==$version"
    "$venv/bin/python" - >"$venv/requirements.txt" <<'PYTHON'
from importlib import metadata

for requirement in metadata.requires("dbt-core"):
    if "extra ==" not in requirement and "experimental-parser" not in requirement:
        print(requirement)
PYTHON
    # shellcheck disable=SC2086 # lists of requirements
    "$venv/bin/pip" install --quiet -r "$venv/requirements.txt" ${companions[$version]#* -- }
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet --no-deps ${companions[$version]%% -- *}
    printf '%s\n' "${companions[$version]}" >"$venv/ready"
}

export DBT_SEND_ANONYMOUS_USAGE_STATS=false PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"
[ -e "$cache/.gitignore" ] || echo '*' >"$cache/.gitignore"

# dbt 2 is one binary. It loads the driver of a database from a folder, or from elsewhere: DuckDB's
# library, as its package for Node has it, is such a driver.
two_version=2.0.0a4
two=$cache/dbt-$two_version
two_venv() {
    local driver=@duckdb/node-bindings-linux-x64@1.5.6-r.1
    [ "$(cat "$two/ready" 2>/dev/null)" = "$driver" ] && return
    "$python" -m venv --clear "$two"
    "$two/bin/pip" install --quiet --no-deps --only-binary :all: --pre "dbt-core==$two_version"
    mkdir "$two/driver"
    (cd "$two/driver" && tar -xzf "$(npm pack --silent "$driver")")
    cat >"$two/driver/duckdb.toml" <<TOML
manifest_version = 1
name = "DuckDB"
version = "1.5.6"
[ADBC]
version = "v1.1.0"
[Driver]
entrypoint = "duckdb_adbc_init"
[Driver.shared]
linux_amd64 = "$two/driver/package/libduckdb.so"
TOML
    printf '%s\n' "$driver" >"$two/ready"
}

# start_postgres NAME: a throw-away server with one database, named by PGHOST, PGPORT and PGUSER until the script ends.
start_postgres() {
    local bin as=() data=$work/postgres
    bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
    chmod 755 "$work"
    mkdir "$data"
    if [ "$(id -u)" = 0 ]; then # which the server refuses
        as=(runuser -u postgres --)
        chown postgres "$data"
    fi
    export PGHOST=127.0.0.1 PGPORT=${PGPORT:-54329} PGUSER=odd
    "${as[@]}" "$bin/initdb" --pgdata "$data" --username odd --auth trust --encoding UTF8 >/dev/null
    "${as[@]}" "$bin/pg_ctl" --pgdata "$data" --wait --silent --log "$data/log" \
        --options "-h $PGHOST -p $PGPORT -k $data" start
    stop_postgres=("${as[@]}" "$bin/pg_ctl" --pgdata "$data" --mode immediate --silent stop)
    "$bin/createdb" "$1"
}
