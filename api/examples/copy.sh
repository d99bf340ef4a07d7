#!/usr/bin/env bash
# Keeps a copy of what a place and everything below it has to keep to.
#
#   copy.sh [--once] https://HOST/api/v1/elections/2021/areas/058 FILE
#
# FILE is a line with the change token, then a line for each milestone: its key
# (AREA/MILESTONE), a tab, and its row as the API's list of deadlines has it. It
# is replaced as a whole, so that whoever reads it sees one state, and a copy that
# was stopped goes on where it was. With --once it is brought up to date once; else
# it follows the changes until it is ended. An API token may stand in TOKEN.
#
# Needs curl, awk and sort; rows.awk beside it reads the answers.
set -euo pipefail
export LC_ALL=C # keys are sorted by their bytes, and awk counts bytes

once=
[[ ${1:-} != --once ]] || { once=1; shift; }
[[ $# == 2 ]] || { sed -n 's/^# \{0,1\}//; 2,11p' "$0" >&2; exit 2; }
base=${1%/} file=$2
wait=50 # seconds that the server may hold an empty answer back; 60 at most
origin=$(sed -E 's|^([a-z]+://[^/]*).*|\1|' <<<"$base")
rows=$(dirname "${BASH_SOURCE[0]}")/rows.awk

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# get ADDRESS: the answer as rows.awk tells it, in $work/answer. Returns 10 where
# the server says 410, and 11, with $later, where it cannot answer now.
get() {
	local status
	rm -f "$work/head"
	status=$(curl --silent --compressed --max-time $((wait + 40)) --output "$work/body" --dump-header "$work/head" \
		--write-out '%{http_code}' --header "Authorization: ${TOKEN:+Bearer $TOKEN}" --user-agent tiendo-copy-sh/1 "$1") || status=000
	later=
	case $status in
	200) awk -f "$rows" "$work/body" >"$work/answer" ;;
	410) return 10 ;;
	000 | 429 | 5??)
		[[ ! -e $work/head ]] || later=$(sed -nE 's/^[Rr]etry-[Aa]fter: ([0-9]+).*/\1/p' "$work/head")
		return 11
		;;
	*) # asking again would not help
		echo "$1: $status $(cat "$work/body")" >&2
		exit 1
		;;
	esac
}

# said WORD: what the answer says behind it.
said() { awk -F '\t' -v word="$1" '$1 == word { print $2; exit }' "$work/answer"; }

# keep TOKEN: the lines that come in are the copy.
keep() {
	{ echo "$1"; sort -t $'\t' -k 1,1; } >"$file.new"
	mv "$file.new" "$file"
}

# snapshot: every page shows the moment of the first.
snapshot() {
	local address=$base/deadlines?limit=200 token=
	: >"$work/rows"
	while [[ -n $address ]]; do
		get "$address" || return
		[[ -n $token ]] || token=$(said token)
		awk -F '\t' -v OFS='\t' '$1 == "row" { print $2, $3 }' "$work/answer" >>"$work/rows"
		address=$(said next)
		address=${address:+$origin$address}
	done
	keep "$token" <"$work/rows"
	echo "snapshot $(wc -l <"$work/rows" | tr -d ' ')"
}

# changes: one page of them. What comes with an item is put in its place, what
# comes without is dropped.
changes() {
	local before token
	before=$(head -n 1 "$file")
	get "$base/changes?limit=1000&wait=$([[ $once ]] && echo 0 || echo $wait)&after=$before" || return
	token=$(said token)
	awk -F '\t' '$1 == "put" { print $4 } $1 == "drop" { print $3 }' "$work/answer"
	if [[ $token != "$before" ]]; then
		tail -n +2 "$file" | awk -F '\t' -v OFS='\t' '
			NR == FNR { if ($1 == "put") row[$2] = $3; else if ($1 == "drop") { row[$2] = ""; gone[$2] = 1 }
			            if ($1 == "put") delete gone[$2]; next }
			!($1 in row) { print }
			END { for (key in row) if (!(key in gone)) print key, row[key] }' "$work/answer" - | keep "$token"
	fi
}

stale= pause=1
while true; do
	outcome=0
	if [[ $stale || ! -s $file ]]; then
		snapshot || outcome=$?
	fi
	[[ $outcome != 0 ]] || { stale=; changes || outcome=$?; }
	case $outcome in
	0)
		pause=1
		# In one go it ends with the page that is the last.
		if [[ $once && ! $(said next) ]]; then exit; fi
		;;
	10) stale=1 ;; # what is in the file stays until there is better
	11)
		if [[ $once ]]; then echo "$base: not now" >&2; exit 1; fi
		# Not all at once, and less often the longer it takes.
		sleep "${later:-$((pause + RANDOM % 2))}" &
		wait $!
		pause=$((pause * 2 > 60 ? 60 : pause * 2))
		;;
	*) exit "$outcome" ;;
	esac
done
