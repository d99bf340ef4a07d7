package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

const notes = consult + "/notes"

func TestNotesAreWrittenChangedAndRemoved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	empty := s.get(notes).ok()
	require.Equal(t, "private, no-cache", empty.header.Get("Cache-Control"))
	require.Equal(t, api.NoteList{Items: []api.Note{}, MayAdd: true}, as[api.NoteList](empty))
	milestone, timeline := s.get(consult).ok().tag(), s.get(timelineOf("058")).ok().tag()

	made := s.post(notes, `{"text": "Chờ công văn của tỉnh\nvề nhân sự"}`)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	address := made.header.Get("Location")
	one := s.get(address).ok()
	require.Equal(t, made.tag(), one.tag())
	note := as[api.Note](one)
	require.Equal(t, as[api.Note](made), note)
	require.True(t, note.MayChange)
	require.True(t, note.EditedAt.IsNull())
	list := s.get(notes).ok()
	require.NotEqual(t, empty.tag(), list.tag())
	require.Equal(t, http.StatusNotModified, s.get(notes, "If-None-Match", list.tag()).status)
	require.Equal(t, http.StatusNotModified, s.get(address, "If-None-Match", one.tag()).status)
	s.sameWithoutBody(notes, list)
	s.sameWithoutBody(address, one)

	s.change(address, `{"text": "Đã có công văn"}`)
	changed := as[api.Note](s.get(address))
	require.Equal(t, "Đã có công văn", changed.Text)
	require.False(t, changed.EditedAt.IsNull())
	require.Equal(t, one.tag(), `"r`+as[struct{ Revision jsonNumber }](one).Revision.String()+`"`)
	s.change(address, `{"text": "Đã có công văn"}`)
	require.Equal(t, changed, as[api.Note](s.get(address)), "what is so already changes nothing")

	late := s.patch(address, one.tag(), `{"text": "Khác"}`)
	require.Equal(t, http.StatusPreconditionFailed, late.status)
	require.Equal(t, "Đã có công văn", late.problem()["current"].(map[string]any)["text"])
	require.Equal(t, http.StatusNoContent, s.remove(address).status)
	require.Equal(t, http.StatusNotFound, s.get(address).status)
	require.Empty(t, as[api.NoteList](s.get(notes)).Items)

	require.Equal(t, milestone, s.get(consult).tag(), "a milestone is what it was, whatever is noted on it")
	require.Equal(t, timeline, s.get(timelineOf("058")).tag())
}

func TestWhatNotesSayStandsInNoOtherAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	made := s.post(notes, `{"text": "bí mật của thành phố"}`)
	s.change(made.header.Get("Location"), `{"text": "vẫn bí mật"}`)
	for _, address := range []string{
		consult, consult + "/history", timelineOf("058"), matrixOf("058"), deadlinesOf("058"), comparisonOf("058"), v1 + "/search?q=b%C3%AD+m%E1%BA%ADt",
		consult + "?as_of=2021-01-25",
	} {
		r := s.get(address).ok()
		require.NotContains(t, r.text(), "bí mật", address)
		require.NotContains(t, r.text(), "note_", address)
	}
}

func TestANoteThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for body, code := range map[string]string{
		`{"text": " \n"}`:     "note-empty",
		`{"text": "a\u0000"}`: "text-not-plain",
		`{"text": "` + strings.Repeat("ă", 2001) + `"}`: "body-refused",
		`{"text": "a", "author": "Chủ tịch"}`:           "body-refused",
	} {
		require.Equal(t, code, s.post(notes, body).problem()["code"], code)
	}
	require.Equal(t, "note-not-found", s.get(notes + "/99").problem()["code"])
	require.Equal(t, http.StatusPreconditionRequired, s.do(http.MethodDelete, notes+"/99", "").status)
	require.Equal(t, "note-not-found", s.do(http.MethodDelete, notes+"/99", "", "If-Match", `"r1"`).problem()["code"])
	require.Equal(t, "milestone-not-found", s.post(v1+"/areas/058/milestones/nothing/notes", `{"text": "a"}`).problem()["code"])
}

func TestNotesAreForTheBranchAndEachIsItsAuthors(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	role := func(name access.UserID, g access.Grant) *server { return s.as(d.user(name, string(name), g)) }
	author, colleague := role("binh", grant("058", access.Reporter)), role("chi", grant("058", access.Reporter))
	lead, viewer := role("dung", grant("06", access.Lead)), role("giang", grant("058", access.Viewer))
	made := author.post(notes, `{"text": "Chờ nhân sự"}`)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	address := made.header.Get("Location")
	tags := map[string]bool{}
	for _, x := range []struct {
		reader                       *server
		mayAdd, mayChange, mayRemove bool
	}{{author, true, true, true}, {colleague, true, false, false}, {lead, true, false, true}, {viewer, false, false, false}} {
		r := x.reader.get(notes).ok()
		list := as[api.NoteList](r)
		require.Equal(t, x.mayAdd, list.MayAdd)
		require.Equal(t, x.mayChange, list.Items[0].MayChange)
		require.Equal(t, x.mayRemove, list.Items[0].MayRemove)
		require.Equal(t, "binh", list.Items[0].Author)
		require.False(t, tags[r.tag()], "what one may do is part of the answer, and so of its tag")
		tags[r.tag()] = true
	}
	require.Equal(t, "note-of-another", colleague.patch(address, made.tag(), `{"text": "Khác"}`).problem()["code"])
	require.Equal(t, "note-of-another", colleague.remove(address).problem()["code"])
	require.Equal(t, http.StatusForbidden, viewer.post(notes, `{"text": "a"}`).status)

	for name, other := range map[string]*server{"of the neighbouring district": role("hoa", grant("318", access.Lead)), "nobody": s.as("")} {
		for _, r := range []*reply{
			other.get(notes), other.get(address), other.post(notes, `{"text": "a"}`),
			other.patch(address, made.tag(), `{"text": "a"}`), other.do(http.MethodDelete, address, "", "If-Match", made.tag()),
		} {
			require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, r.status, name)
			require.NotContains(t, r.text(), "nhân sự", name)
		}
	}
	require.Equal(t, http.StatusNoContent, lead.remove(address).status)
}
