#!/usr/bin/env bash
# Passes every test of Latchkey, on a fresh Debian or Ubuntu that has only Rust, a C compiler, perl, make and apt.
#
# Phase 1 fetches: PostgreSQL, Redis, Chromium, Python, Node.js and Go by apt where they are missing, the crates of
# Cargo.lock, and the packages of the foreign clients by their lock files. Phase 2 builds and runs, with cargo offline and all traffic on
# loopback: every server that a test needs, the test starts itself on a free port and stops again. Services that run
# on this machine are left alone.
#
# Environment:
#   LATCHKEY_TEST_TIMEOUT   seconds that all the tests may take (default 4200)
#   LATCHKEY_BENCH_SECONDS  seconds per row of the cost bench (short by default here)
#   LATCHKEY_LONG=1         key rotation under load for a minute instead of a quarter of one
#   LATCHKEY_SCREENSHOTS=1  photographs of every page in screenshots/, light and dark, desktop and phone
#   CI=true                 missing rustfmt or clippy is a failure, not a note

set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
unset "${!LATCHKEY__@}"

say() { printf '\n== %s\n' "$*"; }
die() { printf '\ntests/run.sh: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
trap 'die "failed in line $LINENO: $BASH_COMMAND"' ERR

# ---------------------------------------------------------------------------------------------- phase 1: fetch

has_postgres() { has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_nginx() { has nginx || [ -x /usr/sbin/nginx ]; }
has_chromium() { has chromium || has chromium-browser || has google-chrome; }
has_node() { has node && has npm && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; }
# The version that tests/clients/go.mod asks for; nothing newer is fetched in its place.
has_go() {
    has go && [ "$(printf '%s\n' "$(sed -n 's/^go //p' tests/clients/go.mod)" \
        "$(GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//')" | sort -V | head -n 1)" \
        = "$(sed -n 's/^go //p' tests/clients/go.mod)" ]
}
has_venv() { has python3 && python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

missing_packages() {
    has_postgres || echo postgresql
    has redis-server || echo redis-server
    has_nginx || echo nginx-light
    has openssl || echo openssl
    has_chromium || echo chromium
    has chromedriver || echo chromium-driver
    has_venv || echo python3 python3-venv
    has_node || echo nodejs npm
    has go || echo golang-go
}

# Runs its arguments as root: as they are, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

may_become_root() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 2 ] && has sudo && sudo -v </dev/tty; }
}

install_missing() {
    local packages
    packages=$(missing_packages | tr '\n' ' ')
    [ -n "${packages// /}" ] || return 0
    has apt-get || die "missing: $packages (there is no apt here: install them, then run this again)"
    may_become_root || die "missing: $packages
Run this as root or with sudo, or install them first:  apt-get install --no-install-recommends $packages"
    say "apt: $packages"
    as_root apt-get update -q
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
    packages=$(missing_packages | tr '\n' ' ')
    [ -z "${packages// /}" ] || die "apt has installed its packages, and these are still missing: $packages
(Debian 12 or Ubuntu 24.04 are the oldest that have what the tests need)"
}

# rustfmt and clippy come with most Rust installations; where they don't, rustup adds them.
install_rust_components() {
    local part
    for part in fmt clippy; do
        cargo "$part" --version >/dev/null 2>&1 && continue
        has rustup && rustup component add "${part/fmt/rustfmt}" && continue
        [ "${CI:-}" != true ] || die "cargo $part is missing"
    done
}

# The clients from Python, in an environment of their own under target/.
install_foreign_client() {
    local home=target/foreign-client list=tests/clients/requirements.txt
    cmp -s "$list" "$home/installed.txt" && return 0
    say "python: the foreign client"
    rm -rf "$home"
    mkdir -p target
    python3 -m venv "$home"
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r "$list"
    cp "$list" "$home/installed.txt"
}

# The clients from npm: no script of a package runs.
install_node_clients() {
    local home=target/node-clients lock=tests/clients/package-lock.json
    cmp -s "$lock" "$home/installed.json" && return 0
    say "npm: foreign clients"
    rm -rf "$home"
    mkdir -p "$home"
    cp tests/clients/package.json "$lock" "$home/"
    npm ci --prefix "$home" --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --silent
    cp "$lock" "$home/installed.json"
}

# oauth2-proxy is a program, built here from its module. Where Go is too old for it, its tests say so and are skipped.
install_go_clients() {
    local home="$PWD/target/go-clients"
    mkdir -p "$home"
    if ! has_go; then
        say "go: missing, or older than tests/clients/go.mod asks for; oauth2-proxy is skipped"
        go version 2>/dev/null >"$home/skipped" || echo "no go" >"$home/skipped"
        return 0
    fi
    rm -f "$home/skipped"
    cmp -s tests/clients/go.sum "$home/installed.sum" && return 0
    say "go: foreign clients"
    (cd tests/clients && GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false" \
        go build -trimpath -o "$home/oauth2-proxy" github.com/oauth2-proxy/oauth2-proxy/v7)
    cp tests/clients/go.sum "$home/installed.sum"
}

for tool in cargo cc perl make; do
    has "$tool" || die "$tool is missing: Latchkey needs Rust, a C compiler, perl and make"
done
install_missing
install_rust_components
say "cargo fetch"
cargo fetch --locked
install_foreign_client
install_node_clients
install_go_clients

# ---------------------------------------------------------------------------------------------- phase 2: test

export CARGO_NET_OFFLINE=true
export CARGO_TERM_COLOR=never
log=target/test-run.log

# What every change must satisfy before a test runs, cheapest first.
check_style() {
    if cargo fmt --version >/dev/null 2>&1; then
        say "cargo fmt"
        cargo fmt --all --check
    else
        say "cargo fmt: not installed, skipped"
    fi
    if cargo clippy --version >/dev/null 2>&1; then
        say "cargo clippy"
        cargo clippy --locked --workspace --all-targets -- -D warnings
        # Without the demo and the self-test it builds too. One test among the targets keeps the dependencies those of above.
        cargo clippy --locked --lib --bins --test house --no-default-features -- -D warnings
    else
        say "cargo clippy: not installed, skipped"
    fi
}

# Advisories need their database, which is fetched: they are checked only where it lies already.
check_supply_chain() {
    cargo deny --version >/dev/null 2>&1 || { say "cargo deny: not installed, skipped"; return 0; }
    local checks=(bans licenses sources)
    compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/*" >/dev/null && checks+=(advisories)
    say "cargo deny: ${checks[*]}"
    cargo deny --offline check "${checks[@]}"
}

# Sums every "test result:" line of the log into one closing line.
summary() {
    awk '/^test result:/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) passed += $(i - 1)
                if ($i ~ /^failed/) failed += $(i - 1)
                if ($i ~ /^ignored/) ignored += $(i - 1)
            }
         }
         END { printf "%d passed, %d failed, %d skipped\n", passed, failed, ignored }' "$log"
}

run_tests() {
    local limit=${LATCHKEY_TEST_TIMEOUT:-4200} status=0
    : >"$log"
    say "cargo test"
    timeout "$limit" cargo test --locked --workspace --no-fail-fast 2>&1 | tee "$log" || status=$?
    if [ "$status" != 124 ] && grep -q '^\[\[bench\]\]' Cargo.toml; then
        # Without --bench among its arguments a bench runs each row for a moment, to show that it still runs.
        say "cargo test --bench"
        timeout "$limit" cargo test --locked --workspace --bench '*' 2>&1 | tee -a "$log" || status=$?
    fi
    printf '\n'
    if [ "$status" = 124 ]; then echo "the tests took longer than $limit s"; fi
    if [ "$status" != 0 ]; then
        sed -n '/^failures:$/,/^test result:/p; /^error/p' "$log" | tail -n 60
        printf 'tests/run.sh: FAILED (%s)\n' "$status"
        summary
        exit 1
    fi
    summary
}

check_style
check_supply_chain
run_tests
