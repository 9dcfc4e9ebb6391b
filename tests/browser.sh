#!/usr/bin/env bash
# Opens reports and the map in a headless Chromium, in all the ways people do: light, dark, narrow,
# without JavaScript, printed. No page may ask for anything or report an error.
# Usage: tests/browser.sh [folder for the pictures]. Skipped, and said so, where no Chromium starts.
set -euo pipefail
cd "$(dirname "$0")/.."

browser=""
for name in chromium chromium-browser google-chrome chrome; do
  if command -v "$name" > /dev/null; then browser=$name; break; fi
done
passed=0
skip() {
  printf '\n!!\n!! skipped: no Chromium: %s\n!!\n0 passed, 0 failed, 1 skipped\n' "$*"
  exit 0
}
if [ -z "$browser" ]; then skip "none is installed (apt-get install chromium)"; fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pictures=${1:-$scratch/pictures}
mkdir -p "$pictures"
pictures=$(cd "$pictures" && pwd)
pinwheel=${PINWHEEL:-}
if [ -z "$pinwheel" ]; then
  cargo build --release --workspace
  pinwheel=${CARGO_TARGET_DIR:-target}/release/pinwheel
fi

fail() {
  echo "FAILED: $*" >&2
  echo "$passed passed, 1 failed"
  exit 1
}
ok() {
  echo "ok $*"
  passed=$((passed + 1))
}

# page_in NAME PAGE WIDTH HEIGHT [switch ...]: a picture, which must not be blank, and a quiet log.
page_in() {
  local name=$1 page=$2 width=$3 height=$4; shift 4
  local picture="$pictures/$name.png" log="$scratch/$name.log"
  # No name resolves, so that a request could not leave; the net log says whether one was tried.
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --hide-scrollbars \
    --user-data-dir="$scratch/profile" --disable-background-networking --disable-component-update \
    --no-first-run --host-resolver-rules="MAP * ~NOTFOUND" --enable-logging=stderr \
    --virtual-time-budget=4000 --window-size="$width,$height" --screenshot="$picture" "$@" \
    "file://$page" > "$log" 2>&1 || fail "$name: the browser ended badly: $(tail -n 3 "$log")"
  ! grep -q 'CONSOLE' "$log" || fail "$name: $(grep 'CONSOLE' "$log" | head -n 3)"
  # Compressed, an empty page is a fraction of any with words.
  [ "$(wc -c < "$picture")" -gt "$blank" ] || fail "$name: an empty picture"
  ok "$name"
}

# Nothing is loaded from anywhere: no address in an attribute or a style that a browser follows.
# Links that a reader may click are no loads.
asks_nothing() {
  local loads='(src|srcset|data|poster|action)="?(https?:)?//|<link[^>]*href|@import|url\(["'"'"']?(https?:)?//'
  ! grep -qiE "$loads" "$1" || fail "$1 loads $(grep -oiE "$loads.{40}" "$1" | head -n 1)"
  [ "$(wc -c < "$1")" -lt 5000000 ] || fail "$1 is larger than 5 MB"
}

# The light picture must differ from the dark one, or the page has no dark look.
looks() {
  local name=$1 page=$2
  asks_nothing "$page"
  page_in "$name-light" "$page" 1140 1600 --blink-settings=preferredColorScheme=1
  page_in "$name-dark" "$page" 1140 1600 --blink-settings=preferredColorScheme=0
  page_in "$name-narrow" "$page" 380 1600
  no_script "$name-no-script" "$page"
  ! cmp -s "$pictures/$name-light.png" "$pictures/$name-dark.png" || fail "$name: dark is light"
  page_in_print "$name" "$page"
}

# The page with its scripts as mere text (the switch that forbids scripts forbids the browser's own).
no_script() {
  local page="$scratch/$1.html"
  sed -E 's/<script( type="[^"]*")?/<script type="text\/plain"/' "$2" > "$page"
  page_in "$1" "$page" 1140 1600
}

page_in_print() {
  local paper="$pictures/$1.pdf"
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --user-data-dir="$scratch/profile" \
    --no-pdf-header-footer --print-to-pdf="$paper" "file://$2" > "$scratch/print.log" 2>&1 ||
    fail "$1: not printed: $(tail -n 3 "$scratch/print.log")"
  head -c 5 "$paper" | grep -q '%PDF-' || fail "$1: no PDF"
  ok "$1 printed"
}

blank=0
echo > "$scratch/blank.html"
# A browser that cannot show an empty page says nothing of ours.
started=$( (page_in blank "$scratch/blank.html" 1140 1600) 2>&1 ) || skip "${started%%$'\n'*}"
page_in blank "$scratch/blank.html" 1140 1600
blank=$((3 * $(wc -c < "$pictures/blank.png")))
"$pinwheel" run scenarios/infra/map.toml -o "$scratch/map" > /dev/null
"$pinwheel" map "$scratch/map" > /dev/null
"$pinwheel" run scenarios/filecoin/history.toml --set run.horizon='"30 d"' \
  -o "$scratch/history" > /dev/null
for first in 100_000 90_000; do
  "$pinwheel" run scenarios/mini/depin-mini.toml --set "network.emission.first=\"$first TOK/d\"" \
    -o "$scratch/$first" > /dev/null
done
# Exit code 1 says that series changed.
"$pinwheel" compare "$scratch/100_000" "$scratch/90_000" --html "$scratch/compare.html" \
  > /dev/null || [ $? = 1 ] || fail "no comparison"
looks report "$scratch/history/report.html"
looks compare "$scratch/compare.html"
looks layers "$scratch/map/report.html"
looks map "$scratch/map/map.html"

# With a script the map shows a period that its address asks for; without one it is the whole run.
page_in map-period "$scratch/map/map.html#period=38" 1140 1600
! cmp -s "$pictures/map-period.png" "$pictures/map-light.png" || fail "the slider shows nothing"
# The pointer over the first chart with lines gives their values, and a drag a closer look.
{
  cat "$scratch/history/report.html"
  cat << 'SCRIPT'
<script>
addEventListener("load", () => {
  const told = document.querySelector(".readout");
  const svg = told.parentNode.querySelector("svg"), box = svg.getBoundingClientRect();
  const send = (type, share) => svg.dispatchEvent(new PointerEvent(type, {
    clientX: box.left + box.width * share, clientY: box.top + 50, pointerType: "mouse" }));
  send("pointermove", 0.5);
  if (!/^\d{4}-\d\d-\d\d( \d\d:\d\d)?, .*\d/.test(told.textContent)) console.error(told.textContent);
  send("pointerdown", 0.3);
  send("pointerup", 0.6);
  if (!svg.querySelector("[clip-path]")) console.error("no closer look");
});
</script>
SCRIPT
} > "$scratch/driven.html"
page_in driven "$scratch/driven.html" 1140 1600
# A page that does report an error must not pass.
echo '<script>undefinedName()</script>' > "$scratch/broken.html"
if (page_in broken "$scratch/broken.html" 400 400) > /dev/null 2>&1; then fail "errors pass"; fi
echo "all pages are quiet in $browser"
echo "$passed passed, 0 failed"
