#!/usr/bin/env bash
# `pinwheel new` in a copy of the sources: what it writes is formatted, without lints, built, tested,
# run and tidy as it stands, and a second call changes nothing. Needs no network.
#
# The copy has a target folder of its own. What was built of other people's crates is copied,
# not built again: it does not depend on where the workspace lies. Our own crates are built at a
# lower level of optimisation, which changes no result and takes half the time.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --workspace --bin pinwheel --quiet
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
copy=$target/new
rm -rf "$copy"
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/sources" "$copy/target/release/deps"

git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
  tar --create --null --files-from=- | tar --extract --directory "$copy/sources"

# Cargo's notes and what compilers made of other people's crates.
foreign() { find "$1" -mindepth 1 -maxdepth 1 ! -name '*pinwheel*' "${@:2}" -print0; }
foreign "$target/release/deps" '(' -name '*.rlib' -o -name '*.rmeta' -o -name '*.so' ')' |
  xargs -0 cp --archive --target-directory "$copy/target/release/deps"
for notes in .fingerprint build; do
  mkdir "$copy/target/release/$notes"
  foreign "$target/release/$notes" | xargs -0 cp --archive --target-directory "$copy/target/release/$notes"
done

cd "$copy/sources"
export CARGO_TARGET_DIR=$copy/target CARGO_NET_OFFLINE=true CARGO_INCREMENTAL=0
faster=()
for member in core models conform analysis sim; do
  faster+=(--config "profile.release.package.pinwheel-$member.opt-level=1")
done
network=toy
"$target/release/pinwheel" new $network
sums() { find . -type f -print0 | sort -z | xargs -0 sha256sum; }
sums >../written

ok() { echo "ok: $*"; }
cargo fmt --all --check
ok "it is formatted"
cargo clippy "${faster[@]}" --release --workspace --test $network --quiet -- -D warnings
ok "it has no lints"
cargo test "${faster[@]}" --release --workspace --test $network --test tidy --quiet
ok "its test and the tidy test pass"
pinwheel=$copy/target/release/pinwheel
"$pinwheel" check scenarios/$network --run -o ../out
ok "its scenario meets its targets"
"$pinwheel" explain ${network}_tokens_issued >/dev/null
"$pinwheel" run scenarios/$network/first.toml --quiet -o ../result >/dev/null
grep -q "${network}-uptime" ../result/report.html
ok "it is explained, and a report draws it"
if "$pinwheel" new $network 2>../refusal; then exit 1; else [ $? = 2 ]; fi
sums | diff ../written -
ok "a second call is refused and changes nothing: $(cat ../refusal)"
times
