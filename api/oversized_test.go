package api_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Bodies that are too large, too deep, no JSON, or not what they say to be.

// largest is how much an operation takes, in bytes.
func (o *operation) largest(t *testing.T) int {
	t.Helper()
	said, _ := o.Extensions["x-max-body"].(string)
	if said == "" {
		return 64 << 10
	}
	n, err := strconv.Atoi(strings.TrimSuffix(said, "M"))
	require.NoError(t, err)
	return n << 20
}

func TestNoBodyIsTooMuchForTheServer(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	cookie := s.administrator()
	before := s.d.sums()
	packed := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.String()
	}
	for _, o := range everyOperation(t, s.places) {
		if !o.writes() || o.kind == "" {
			continue
		}
		most := o.largest(t)
		s.tried(&o, "too large", strings.Repeat(" ", most+1), cookie...).refused(http.StatusRequestEntityTooLarge, "body-too-large")
		if o.schema() == nil {
			continue // a file, see [TestNoFileIsTooMuchForTheServer]
		}
		for what, body := range map[string]string{
			"nothing": "", "white": "   ", "lists of lists": strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
			"objects in objects": strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), "deep without end": strings.Repeat(`{"a":[`, 9_000),
			"a number beyond numbers": `{"a": 1e999}`, "a long number": `{"a": ` + strings.Repeat("9", 30_000) + `}`, "a text": `"x"`, "a number": "7", "true": "true", "no value": "null",
			"many names": thousandFields(), "a name twice": `{"a": 1, "a": 2}`, "two values": `{} {}`, "a comment": `{/* */}`, "a comma": `{"a": 1,}`, "single quotes": `{'a': 1}`,
			"NaN": `{"a": NaN}`, "a mark of order": "\xef\xbb\xbf{}", "UTF-16": "\xff\xfe{\x00}\x00", "overlong": "{\"a\": \"\xc0\xaf\"}", "half a character": `{"a": "\ud83d"}`,
			"its prototype": `{"__proto__": {"x": 1}, "constructor": 1}`, "XML": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>`,
		} {
			s.tried(&o, what, body, cookie...)
		}
		s.tried(&o, "packed", packed(strings.Repeat(" ", 5<<20)+o.body), append([]string{"Content-Encoding", "gzip"}, cookie...)...)
	}
	require.Equal(t, before, s.d.sums())
	s.get("/livez").ok()
}

// tried sends a body that is none of an operation's: the caller is told so in
// few words.
func (s *stage) tried(o *operation, what, body string, header ...string) *reply {
	s.t.Helper()
	one := *o
	one.body = body
	r := s.ask(&one, header...)
	require.GreaterOrEqual(s.t, r.status, 400, "%s: %s: %.300s", o.OperationID, what, r.body)
	require.Less(s.t, r.status, 500, "%s: %s: %.300s", o.OperationID, what, r.body)
	require.Less(s.t, len(r.body), 20_000, "%s: %s", o.OperationID, what)
	r.problem()
	return r
}

func TestANameThatStandsTwiceIsNotTakenFromBoth(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.get(duty).tag()
	long := strings.Repeat("x", 5000)
	for _, body := range []string{
		`{"status": "in_progress", "status": "done"}`,
		`{"evidence": {"number": "` + long + `"}, "evidence": {"link": "https://example.org"}}`,
		`{"evidence": {"number": "1", "number": "2"}}`,
		`{"reason": "x", "re\u0061son": "y"}`,
	} {
		s.patch(duty, tag, body).refused(http.StatusBadRequest, "body-not-json")
	}
	s.patch(duty, tag, `{"status": "blocked", "reason": "\"a\": \\\"b\": {\"c\": 1} \ud83d\udc68 {:}"}`).ok()
}

func TestABodyInPiecesIsCountedAndHasToEnd(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.get(duty).tag()
	head := "PATCH " + duty + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nIf-Match: " + tag + "\r\nAuthorization: Bearer " + s.token.Reveal() +
		"\r\nContent-Type: application/merge-patch+json\r\nTransfer-Encoding: chunked\r\n\r\n"
	piece := fmt.Sprintf("%x\r\n%s\r\n", 8<<10, strings.Repeat(" ", 8<<10))
	address := strings.TrimPrefix(s.base, "http://")
	require.Equal(t, http.StatusRequestEntityTooLarge, raw(t, address, head+strings.Repeat(piece, 9)+"0\r\n\r\n", false).status)
	require.Equal(t, http.StatusBadRequest, raw(t, address, head+`19`+"\r\n"+`{"status": "in_pro`, true).status)
	require.Equal(t, http.StatusBadRequest, raw(t, address, head+"1a\r\n"+`{"status": "in_progress"} `+"\r\n", true).status, "without the last")
	require.Equal(t, tag, s.get(duty).tag())
}

// bomb is a workbook of a few kilobytes whose sheet is so many megabytes of spaces.
func bomb(t *testing.T, megabytes int) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="a" sheetId="1" r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`},
	} {
		w, err := z.Create(part[0])
		require.NoError(t, err)
		_, err = io.WriteString(w, part[1])
		require.NoError(t, err)
		if strings.HasSuffix(part[0], "sheet1.xml") {
			megabyte := bytes.Repeat([]byte(" "), 1<<20)
			for range megabytes {
				_, err = w.Write(megabyte)
				require.NoError(t, err)
			}
		}
	}
	require.NoError(t, z.Close())
	return b.String()
}

func TestNoFileIsTooMuchForTheServer(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	cookie := s.administrator()
	before := s.d.sums()
	small := bomb(t, 400)
	files := 0
	for _, o := range everyOperation(t, s.places) {
		if o.kind != "application/octet-stream" {
			continue
		}
		files++
		for what, body := range map[string]string{
			"nothing": "", "NULs": strings.Repeat("\x00", 1<<20), "a picture": "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 1000), "no archive": "PK\x03\x04" + strings.Repeat("x", 100_000),
			"an empty archive": "PK\x05\x06" + strings.Repeat("\x00", 18), "half an archive": small[:len(small)/2], "one line": strings.Repeat("a,", 2<<20), "lines": strings.Repeat("\n", 5<<20),
			"an open quote": `"` + strings.Repeat("x\n", 2<<20), "an older workbook": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 100_000), "a page": "<html><table>" + strings.Repeat("<tr>", 10_000),
			"not UTF-8": "area,milestone\n\xff\xfe,x\n",
		} {
			s.tried(&o, what, body, cookie...)
		}
		s.tried(&o, "a bomb", small, cookie...)
	}
	require.Positive(t, files)
	require.Equal(t, before, s.d.sums())
	s.get("/livez").ok()
}
