#!/usr/bin/env bash
# One fingerprint everywhere: debug and release, any number of threads, a processor without fused
# instructions, and aarch64 (under qemu, built with Debian's cross compiler) all print the same.
#
# What cannot be tried here is told as "skipped: reason". Nothing is installed on the machine
# unless CI is set; a compiler for aarch64 is unpacked below target/ and used from there.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
skip() { echo "skipped: $*"; skipped=$((skipped + 1)); }
pass() { echo "same: $*"; passed=$((passed + 1)); }
fail() { echo "differs: $*"; failed=$((failed + 1)); }

# prints FOLDER [RUNNER...]: what the two examples in FOLDER say, started by RUNNER.
prints() {
  local examples=$1 && shift
  local history=scenarios/filecoin/history.toml review=scenarios/reviews/fip0118.toml
  "$@" "$examples/digests"
  "$@" "$examples/fingerprint" $history run.horizon='"20 d"' network.providers=200
  "$@" "$examples/fingerprint" $history run.horizon='"60 d"' network.providers=100 \
    network.detail=day
  "$@" "$examples/fingerprint" $review run.horizon='"120 d"' network.providers=100
  # A quick scenario of each layer, and one of several together.
  local layers=(functions/region_blackout infra/partition infra/dispatch connection/lossy_links
    chain/pow attacks/selfish_mining data/bit_rot grid/vpp_outlets)
  local layer
  for layer in "${layers[@]}"; do
    "$@" "$examples/fingerprint" "scenarios/$layer.toml" run.horizon='"1 d"'
  done
}

# compare NAME: $work/NAME against the release build of this machine.
compare() {
  if diff "$work/release" "$work/$1" >"$work/diff"; then pass "$1"; else
    cat "$work/diff"
    fail "$1"
  fi
}

echo "-- release"
# The whole workspace decides the features, as in the other steps of CI; below, only two crates do.
cargo build --release --quiet --workspace --example digests --example fingerprint
prints target/release/examples >"$work/release"
tail -n 5 "$work/release"

echo "-- a processor without fused multiply-add"
# glibc then picks other variants of exp and its kin. The canary calls those and must notice, or
# the setting has no effect here and equality would prove nothing.
switched_off=GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2
cat >"$work/canary.rs" <<'RUST'
fn main() {
    let bits = |x: f64| x.exp().to_bits() ^ x.sin().to_bits();
    let step = |hash: u64, n| hash.rotate_left(5) ^ bits(f64::from(n) * 1e-3);
    println!("{:016x}", (1..20_000).fold(0, step));
}
RUST
rustc -O --edition 2024 -o "$work/canary" "$work/canary.rs"
if [ "$("$work/canary")" = "$(env $switched_off "$work/canary")" ]; then
  skip "GLIBC_TUNABLES changes no function of this machine's library"
else
  prints target/release/examples env $switched_off >"$work/without-fma"
  compare without-fma
fi

echo "-- debug"
# Two crates and what they need: about three minutes of one core from nothing, no polars in it.
crates=(-p pinwheel-core -p pinwheel-models --example digests --example fingerprint)
cargo build --quiet "${crates[@]}"
prints target/debug/examples >"$work/debug"
compare debug

echo "-- threads"
# The last line of a run of eight: two variants, four seeds each. The verdict does not matter here.
ensemble() {
  { cargo run --release --quiet -- run scenarios/reviews/fip0118.toml --quiet --yes -o "$work/out" \
    --set ensemble.runs=4 --set run.horizon='"120 d"' --set network.providers=50 "$@" || true; } |
    tail -n 1
}
one=$(ensemble --threads 1)
echo "$one"
for threads in 2 8; do
  several=$(ensemble --threads "$threads")
  if [ "$several" = "$one" ]; then pass "$threads threads"; else
    fail "$threads threads: $several"
  fi
done
case $(ensemble --threads 8 --seed 119) in
  "$one") fail "another seed must give another fingerprint" ;;
  "fingerprint: "*) ;;
  *) fail "a run ends with its fingerprint" ;;
esac

echo "-- aarch64"
packages=(qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
compiler=$PWD/target/aarch64-compiler

# Debian's Rust for this machine with its library for arm64, unpacked and not installed: as a
# package it would displace the machine's own. Lists and downloads stay in the same folder.
unpack_compiler() {
  mkdir -p "$compiler"/{lists/partial,cache/archives/partial,packages,root}
  local apt=(-qq -o APT::Architectures=amd64,arm64 -o Dir::State::lists="$compiler/lists"
    -o Dir::Cache="$compiler/cache" -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update || return 1
  local depends library llvm
  depends() { apt-cache "${apt[@]}" depends "$1" | awk '/ Depends: /{print $2}'; }
  library=$(depends libstd-rust-web-dev:amd64 | grep -m 1 '^libstd-rust-web-') || return 1
  llvm=$(depends "$library:amd64" | grep -m 1 '^libllvm') || return 1
  (cd "$compiler/packages" && apt-get "${apt[@]}" download rustc-web:amd64 \
    "$library:amd64" "$llvm:amd64" libedit2:amd64 libstd-rust-web-dev:{amd64,arm64}) || return 1
  for package in "$compiler"/packages/*.deb; do dpkg -x "$package" "$compiler/root"; done
  rm -r "$compiler"/{lists,cache,packages}
  cat >"$compiler/rustc" <<SH
#!/bin/sh
export LD_LIBRARY_PATH="$compiler/root/usr/lib/x86_64-linux-gnu"
exec "$compiler/root/usr/bin/rustc" "\$@"
SH
  chmod +x "$compiler/rustc"
}

# have_tools: true when everything is there; otherwise sets $reason.
have_tools() {
  reason=
  if [ "$(uname -sm)" != "Linux x86_64" ]; then reason="this machine is $(uname -sm)"; fi
  if ! command -v apt-get dpkg >/dev/null; then reason="no Debian packages on this machine"; fi
  if [ -n "$reason" ]; then return 1; fi
  if ! command -v qemu-aarch64 >/dev/null || ! command -v aarch64-linux-gnu-gcc >/dev/null; then
    reason="it needs: apt-get install ${packages[*]}"
    if [ -z "${CI:-}" ] || [ "$(id -u)" != 0 ]; then return 1; fi
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
      --no-install-recommends "${packages[@]}" >"$work/apt" 2>&1 || return 1
  fi
  if ! [ -x "$compiler/rustc" ] && ! unpack_compiler >"$work/apt" 2>&1; then
    reason="Debian's rustc-web with its library for arm64 is not to be had here"
    return 1
  fi
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  found=$("$compiler/rustc" --version | cut -d' ' -f2)
  reason="Debian's rustc is $found, Pinwheel needs $wanted"
  [ "$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)" = "$wanted" ]
}

# The same program in full, real protocol crates included: ten minutes of one core from nothing.
if have_tools; then
  "$compiler/rustc" --version
  target=aarch64-unknown-linux-gnu
  # A failed build says something of Debian's compiler, not of our numbers.
  if RUSTC=$compiler/rustc CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    cargo build --release --quiet --target $target --target-dir target/aarch64 "${crates[@]}"; then
    prints target/aarch64/$target/release/examples qemu-aarch64 -L /usr/aarch64-linux-gnu \
      >"$work/aarch64"
    compare aarch64
  else
    skip "aarch64: the program does not build with $("$compiler/rustc" --version)"
  fi
else
  skip "aarch64: $reason"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
