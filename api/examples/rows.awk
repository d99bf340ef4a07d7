# Reads an answer of the API, a list of deadlines or of changes, and writes what a
# shell can work with, fields with tabs between them:
#
#   token  TOKEN            changes_token of the page
#   next   ADDRESS          of the next page, where there is one
#   row    KEY  JSON        a row of the list
#   put    KEY  JSON  WHAT  a change that comes with an item
#   drop   KEY  WHAT        a change that comes without
#
# JSON is split at its quotes: every second piece lies inside of a string, and a
# quote behind an odd number of backslashes does not end one. Nothing but POSIX awk.

BEGIN { RS = "\""; depth = 0 }

NR > 1 && inside {
	string = string $0
	if (match($0, /\\+$/) && RLENGTH % 2) { string = string "\""; next } # an escaped quote
	add("\"" string "\"")
	inside = 0
	if (isname) name[depth] = string
	else put(string)
	next
}

{
	n = length($0)
	for (k = 1; k <= n; k++) {
		c = substr($0, k, 1)
		if (c == "{" || c == "[") {
			depth++
			list[depth] = c == "["
			if (depth == 3 && name[1] == "items") begin()
			if (depth == 4 && name[3] == "item") item = ""
			isname = c == "{"
			name[depth] = ""
			add(c)
		} else if (c == "}" || c == "]") {
			add(c)
			depth--
			if (depth == 2 && name[1] == "items") finish()
		} else if (c == ":") { isname = 0; add(c) }
		else if (c == ",") { isname = !list[depth]; add(c) }
		else if (c ~ /[a-z0-9.+-]/) { # null, true, a number
			match(substr($0, k), /^[A-Za-z0-9.+-]+/)
			word = substr($0, k, RLENGTH)
			add(word)
			if (word != "null") put(word)
			k += RLENGTH - 1
		}
	}
	inside = 1
	string = ""
}

function begin() { split("", value); row = item = "" }

# add writes down an entry as it comes, and its item by itself.
function add(text) {
	if (depth < 3) return
	row = row text
	if (depth > 3 && name[3] == "item") item = item text
}

function put(text) {
	if (depth == 1 && name[1] == "changes_token") print "token\t" text
	if (depth == 1 && name[1] == "next") print "next\t" text
	if (depth == 3) value[name[3]] = text
	if (depth == 4) value[name[3] "." name[4]] = text
}

function finish(   key, what) {
	if ("area.code" in value) {
		print "row\t" value["area.code"] "/" value["milestone.id"] "\t" row
		return
	}
	# What is about no milestone, or about one of a place above, is no row of the list.
	if (!("milestone" in value) || value["above"] == "true") return
	key = value["area"] "/" value["milestone"]
	what = value["revision"] " " value["kind"] " " key
	if (item != "") print "put\t" key "\t" item "\t" what
	else print "drop\t" key "\t" what
}
