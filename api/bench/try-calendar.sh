#!/usr/bin/env bash
# Subscribes to the calendar of Bắc Kạn city as an officer would: a server of its
# own with an election of its own, a private address, vdirsyncer to fetch it and
# khal to show it. Fails when an event that has to be there is not shown, on its
# day, in three zones. Leaves nothing behind, and nothing running.
#
#   make try-calendar
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C.UTF-8

missing=()
for program in vdirsyncer khal curl; do command -v "$program" >/dev/null || missing+=("$program"); done
if ((${#missing[@]} > 0)); then
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "missing, and not installed without root: ${missing[*]} (Debian packages of the same names)" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

work=$(mktemp -d)
server=
cleanup() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  echo "try-calendar: $*" >&2
  exit 1
}

echo "starting a trial of 25/01/2021"
env -u DATABASE_URL bin/tiendo serve --listen 127.0.0.1:0 --data "$work/data" --today 2021-01-25 >"$work/out" 2>"$work/log" &
server=$!
for ((waited = 0; ; waited++)); do
  base=$(grep -ohE 'http://127\.0\.0\.1:[0-9]+' "$work/out" "$work/log" | head -n 1 || true)
  setup=$(grep -ohE 'tdu_[A-Za-z0-9_-]{43}' "$work/out" "$work/log" | head -n 1 || true)
  if [[ -n $base && -n $setup ]] && curl -sf "$base/readyz" >/dev/null; then break; fi
  kill -0 "$server" 2>/dev/null || fail "the server ended: $(tail -n 5 "$work/out" "$work/log")"
  ((waited < 240)) || fail "the server is not ready after two minutes"
  sleep 0.5
done

ask() { curl -sS --fail-with-body -b "$work/cookies" -c "$work/cookies" "$@"; }
json() { ask -H 'Content-Type: application/json' "$@"; }
# Of its list the one that is called so: an area is one object without others in it
# up to its name.
code=$(ask "$base/api/v1/elections/2021/areas?q=thanh+pho+bac+kan" | grep -oE '"code":"[0-9]+"[^{}]*"name":"Thành phố Bắc Kạn"' | head -n 1 | grep -oE '^"code":"[0-9]+' | tr -dc 0-9)
[[ $code == 058 ]] || fail "Bắc Kạn city is found as '$code'"
json "$base/api/v1/setup" -d "{\"secret\": \"$setup\", \"password\": \"mot mat khau de thu\"}" >/dev/null
address=$(json "$base/api/v1/me/calendars" \
  -d "{\"name\": \"vdirsyncer\", \"election\": \"2021\", \"area\": \"$code\", \"levels\": \"district\", \"alarm\": \"7,1\"}" |
  grep -oE 'http://[^"]+\.ics')
echo "subscribing to ${address%%tdc_*}tdc_…"

cat >"$work/vdirsyncer" <<CONFIG
[general]
status_path = "$work/status/"
[pair bac_kan]
a = "tiendo"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage tiendo]
type = "http"
url = "$address"
[storage here]
type = "filesystem"
path = "$work/calendar/"
fileext = ".ics"
CONFIG
mkdir -p "$work/calendar"
sync() { VDIRSYNCER_CONFIG="$work/vdirsyncer" vdirsyncer "$@" 2>&1 | sed 's/tdc_[A-Za-z0-9_-]*/tdc_…/'; }
sync discover
sync sync
events=$(find "$work/calendar" -name '*.ics' | wc -l)
((events > 20)) || fail "only $events events came"
again=$(sync sync)
! grep -qE 'Copying|Deleting' <<<"$again" || fail "nothing was recorded, and yet: $again"

# In another zone a whole day is still that day.
shown() {
  cat >"$work/khal" <<CONFIG
[calendars]
[[bac_kan]]
path = $work/calendar
readonly = True
[sqlite]
path = $work/khal-${1//\//-}.db
[locale]
timeformat = %H:%M
dateformat = %d/%m/%Y
longdateformat = %d/%m/%Y
datetimeformat = %d/%m/%Y %H:%M
longdatetimeformat = %d/%m/%Y %H:%M
local_timezone = $1
default_timezone = $1
CONFIG
  TZ=$1 khal -c "$work/khal" list --once --notstarted --day-format '{date}' --format '{start-date} {title}' 25/01/2021 24/05/2021
}

expect() { # zone, line
  grep -qF "$2" "$work/shown" || fail "in $1 khal does not show: $2
$(cat "$work/shown")"
}

for zone in Asia/Ho_Chi_Minh UTC America/Los_Angeles; do
  shown "$zone" >"$work/shown"
  expect "$zone" "07/02/2021 Hạn: Thành lập Ủy ban bầu cử ở cấp huyện – Thành phố Bắc Kạn"
  expect "$zone" "17/02/2021 Hạn: Hội nghị hiệp thương lần thứ nhất đại biểu HĐND cấp huyện – Thành phố Bắc Kạn"
  expect "$zone" "23/05/2021 Ngày bầu cử – Cả nước"
done

echo "reporting that the first consultation was held"
task="$base/api/v1/elections/2021/areas/$code/milestones/consult1_pc_district/tasks/duty"
tag=$(ask -I "$task" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
ask -X PATCH "$task" -H 'Content-Type: application/merge-patch+json' -H "If-Match: $tag" \
  -d '{"status": "done", "done_on": "2021-01-25", "evidence": {"number": "12/BB-MTTQ"}}' >/dev/null
sync sync
shown Asia/Ho_Chi_Minh >"$work/shown"
expect Asia/Ho_Chi_Minh "17/02/2021 ✓ Xong: Hội nghị hiệp thương lần thứ nhất đại biểu HĐND cấp huyện – Thành phố Bắc Kạn"
cat "$work/shown"
if grep -q "${address##*/}" "$work/log" "$work/out"; then fail "the private address stands in the server's log"; fi
echo "try-calendar: $events events, on their days in three zones; what was reported came with the next sync"
