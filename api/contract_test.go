package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
)

// contract is the document that the server hands out. Every answer that any
// test of this package gets is held against it.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromFile("openapi.yaml")
})

func theContract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := contract()
	require.NoError(t, err)
	return doc
}

// template finds the path of the document that an address is of.
func template(doc *openapi3.T, address string) (string, *openapi3.PathItem) {
	parts := strings.Split(address, "/")
	for path, item := range doc.Paths.Map() {
		if slices.EqualFunc(strings.Split(path, "/"), parts, func(want, got string) bool {
			return want == got || strings.HasPrefix(want, "{") && got != ""
		}) {
			return path, item
		}
	}
	return "", nil
}

// hold holds an answer against the contract: its status, headers and body.
func (r *reply) hold(request *http.Request) {
	r.t.Helper()
	doc := theContract(r.t)
	path, item := template(doc, request.URL.EscapedPath())
	var operation *openapi3.Operation
	if item != nil {
		operation = item.GetOperation(strings.Replace(request.Method, http.MethodHead, http.MethodGet, 1))
	}
	if operation == nil {
		if r.status < 400 {
			return // the page and the papers
		}
		// Whatever is refused at an address that does not exist is a problem too.
		operation = &openapi3.Operation{Responses: openapi3.NewResponses(openapi3.WithName("default", doc.Components.Responses["Problem"].Value))}
	}
	if r.status >= 400 && request.Method != http.MethodHead {
		r.problem()
	}
	described := operation.Responses.Status(r.status)
	if described == nil {
		described = operation.Responses.Default()
	}
	for name := range described.Value.Headers {
		if name == "Link" {
			continue // only where there is a next page
		}
		if r.status < 400 {
			require.NotEmpty(r.t, r.header.Get(name), "%s %s: header %s", request.Method, request.URL, name)
		}
	}
	require.NoError(r.t, r.conforms(doc, path, item, operation, request), "%s %s", request.Method, request.URL)
}

// conforms has the document's own rules applied to status, headers and body.
func (r *reply) conforms(doc *openapi3.T, path string, item *openapi3.PathItem, operation *openapi3.Operation, request *http.Request) error {
	// Kept apart from the client's request, whose body has been read.
	asked := request.Clone(r.t.Context())
	asked.Body = http.NoBody
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: asked,
			Route:   &routers.Route{Spec: doc, Path: path, PathItem: item, Method: request.Method, Operation: operation},
		},
		Status: r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.body)),
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, MultiError: true,
			// Else the document would be read, and be an object instead of a text; files and events are no JSON.
			ExcludeResponseBody: r.header.Get("Content-Type") == "application/yaml" || r.header.Get("Content-Type") == "text/event-stream" || r.header.Get("Content-Disposition") != "",
		},
	}
	return openapi3filter.ValidateResponse(r.t.Context(), input)
}

// problem is the body as a problem document with all that one needs.
func (r *reply) problem() map[string]any {
	r.t.Helper()
	if strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
		return nil // readiness says in its own way what is missing
	}
	require.Equal(r.t, "application/problem+json; charset=utf-8", r.header.Get("Content-Type"), "%s", r.body)
	p := as[map[string]any](r)
	for _, member := range []string{"type", "title", "detail", "instance", "code"} {
		require.NotEmpty(r.t, p[member], "%s in %s", member, r.body)
	}
	require.EqualValues(r.t, r.status, p["status"])
	require.Equal(r.t, "/docs/problems#"+p["code"].(string), p["type"])
	require.Equal(r.t, "no-store", r.header.Get("Cache-Control"))
	require.Empty(r.t, r.header.Get("ETag"))
	return p
}

func TestA27_TheDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc := theContract(t)
	require.NoError(t, doc.Validate(t.Context()))
	require.True(t, doc.IsOpenAPI31OrLater())
}

func TestA27_EveryObjectInTheDocumentHasAName(t *testing.T) {
	t.Parallel()
	for name, s := range theContract(t).Components.Schemas {
		for property, inside := range s.Value.Properties {
			for _, inside := range append(openapi3.SchemaRefs{inside, inside.Value.Items}, inside.Value.OneOf...) {
				require.False(t, inside != nil && inside.Ref == "" && len(inside.Value.Properties) > 0, "%s.%s: what is in it would be a type without a name in every client", name, property)
			}
		}
	}
}

func TestA27_AnAnswerThatIsNotAsDescribedWouldBeFound(t *testing.T) {
	t.Parallel()
	s, doc := serve(t), theContract(t)
	good := s.get(duty).ok()
	path, item := template(doc, duty)
	for what, body := range map[string]string{
		"a field too many": strings.Replace(good.text(), `{`, `{"surprise":1,`, 1),
		"a field too few":  strings.Replace(good.text(), `"own":false,`, ``, 1),
		"an unknown word":  strings.Replace(good.text(), `"not_started"`, `"asleep"`, 1),
		"another type":     strings.Replace(good.text(), `"revision":1`, `"revision":"1"`, 1),
		"null":             strings.Replace(good.text(), `"bodies":[]`, `"bodies":null`, 1),
	} {
		require.NotEqual(t, good.text(), body, what)
		bad := &reply{t: t, status: good.status, header: good.header, body: []byte(body)}
		require.Error(t, bad.conforms(doc, path, item, item.Get, s.request(http.MethodGet, duty, "")), what)
	}
}

func TestA27_EveryRouteIsDescribedAndEveryPathIsServed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	described := map[string]bool{}
	for path, item := range theContract(t).Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
			if method == http.MethodGet {
				described[http.MethodHead+" "+path] = true
			}
		}
	}
	served := map[string]bool{}
	colon := regexp.MustCompile(`:(\w+)`)
	ours := regexp.MustCompile(`^/(api|calendars|livez|readyz|metrics)(/|$)`)
	for _, route := range s.echo.Routes() {
		if ours.MatchString(route.Path) {
			served[route.Method+" "+colon.ReplaceAllString(route.Path, "{$1}")] = true
		}
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(described)), slices.Collect(maps.Keys(served)))
}

func TestA27_TheDocumentThatIsServedIsTheFile(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	served := serve(t).get("/api/v1/openapi.yaml").ok()
	require.Equal(t, string(file), served.text())
	require.Equal(t, "application/yaml", served.header.Get("Content-Type"))
}

// bodies are what the operations that change something are called with.
var bodies = map[string]string{
	"updateTask":      `{"status": "in_progress"}`,
	"addTask":         `{"title": "Mời đại biểu"}`,
	"updateMilestone": `{"planned_on": "2021-02-10"}`,
	"amendElection":   `{"election_day": "2021-06-20", "document": "12/2021/QH14", "reason": "Quốc hội quyết định"}`,
	"enterOccurrence": `{"rule": "candidate_leaves_board_pc", "occurred_on": "2021-01-20"}`,
	"enterBatch":      `{"rows": [{"area": "058", "milestone": "consult1_pc_district"}], "report": {"status": "in_progress"}, "partial": true}`,
	"setVotingDay":    `{"day": "2021-05-22", "opens": "05:00"}`,
	"addDocument":     `{"area": "058", "number": "7/CV-UBND", "issued_on": "2021-01-22", "title": "Công văn", "kind": "letter"}`,
	"addPlan": `{"area": "058", "title": {"vi": "Kế hoạch thử"}, "lines": [
		{"title": {"vi": "Họp giao ban"}, "phase": "direction", "nature": "duty", "areas": {"level": "commune"}, "latest_on": "2021-03-01"}]}`,
	"changePlan":   `{"title": {"vi": "Kế hoạch của thành phố"}}`,
	"withdrawPlan": `{"reason": "thay bằng kế hoạch khác"}`,

	"confirmMilestone": `{}`,
	"makeWebhook":      `{"url": "https://93.184.216.34/hook"}`,
	"changeWebhook":    `{"description": "Cổng thông tin"}`,
	"returnMilestone":  `{"reason": "thiếu số văn bản"}`,
}

// guarded are the operations that are posted with the tag of what they are about,
// by the part of its address that they add.
var guarded = map[string]string{"withdrawPlan": "/withdrawal", "amendElection": "", "confirmMilestone": "/confirmation", "returnMilestone": "/return"}

func TestA27_EveryOperationAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	doc := theContract(t)
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) { // a plan is changed before it is withdrawn
		item, address := doc.Paths.Find(path), path
		if slices.Contains(anyOf(item).Tags, "access") || slices.Contains(anyOf(item).Tags, "imports") || slices.Contains(anyOf(item).Tags, "notes") ||
			slices.Contains(anyOf(item).Tags, "webhooks") {
			continue // walked where people sign in, where they write to each other, where files come in, and where endpoints are told
		}
		for _, p := range anyOf(item).Parameters {
			if p.Value.In == openapi3.ParameterInPath {
				require.NotNil(t, p.Value.Example, "%s of %s: an example, please", p.Value.Name, path)
				address = strings.ReplaceAll(address, "{"+p.Value.Name+"}", p.Value.Example.(string))
			}
		}
		if item.Put != nil { // what is read may have to be put there first
			body := bodies[item.Put.OperationID]
			require.NotEmpty(t, body, item.Put.OperationID)
			s.put(address, body).ok()
		}
		if item.Post != nil {
			s.posts(address, item.Post)
		}
		if item.Get != nil {
			s.readsAsDescribed(address, item.Get.Parameters)
		}
		if item.Patch != nil {
			body := bodies[item.Patch.OperationID]
			require.NotEmpty(t, body, item.Patch.OperationID)
			require.True(t, json.Valid([]byte(body)))
			s.change(address, body) // held against the document as every answer is
		}
	}
}

func anyOf(item *openapi3.PathItem) *openapi3.Operation {
	if item.Get != nil {
		return item.Get
	}
	for _, o := range []*openapi3.Operation{item.Post, item.Put} {
		if o != nil {
			return o
		}
	}
	return item.Delete
}

// posts makes what an operation makes, after trying it.
func (s *server) posts(address string, o *openapi3.Operation) {
	s.t.Helper()
	body := bodies[o.OperationID]
	require.NotEmpty(s.t, body, o.OperationID)
	require.True(s.t, json.Valid([]byte(body)))
	var guard []string
	if part, there := guarded[o.OperationID]; there {
		resource := strings.TrimSuffix(address, part)
		if o.OperationID == "confirmMilestone" {
			s.change(resource+"/tasks/duty", reportedDone)
		}
		guard = []string{"If-Match", s.get(resource).tag()}
	}
	if o.Parameters.GetByInAndName(openapi3.ParameterInQuery, "dry_run") != nil {
		require.Equal(s.t, http.StatusOK, s.post(address+"?dry_run=true", body, guard...).status)
	}
	require.Less(s.t, s.post(address, body, guard...).status, 300, o.OperationID)
}

// readsAsDescribed asks with and without everything that may be asked for.
func (s *server) readsAsDescribed(address string, parameters openapi3.Parameters) {
	s.t.Helper()
	more := "?"
	if with := needed(s.t, parameters); with != "" {
		address, more = address+"?"+with, "&"
	}
	whole := s.get(address).ok()
	if !strings.HasSuffix(address, "metrics") {
		s.sameWithoutBody(address, whole)
	}
	for _, p := range parameters {
		switch {
		case p.Value.In == openapi3.ParameterInQuery && p.Value.Example != nil:
			if !p.Value.Required {
				s.get(address + more + pair(p.Value)).ok()
			}
		case p.Value.Name == "If-None-Match":
			require.Equal(s.t, http.StatusNotModified, s.get(address, "If-None-Match", whole.tag()).status, address)
		}
	}
}

// needed are the parameters without which there is no answer, with their examples.
func needed(t *testing.T, parameters openapi3.Parameters) string {
	t.Helper()
	var pairs []string
	for _, p := range parameters {
		if p.Value.In == openapi3.ParameterInQuery && p.Value.Required {
			require.NotNil(t, p.Value.Example, "%s: an example, please", p.Value.Name)
			pairs = append(pairs, pair(p.Value))
		}
	}
	return strings.Join(pairs, "&")
}

func pair(p *openapi3.Parameter) string {
	return url.Values{p.Name: {p.Example.(string)}}.Encode()
}

func (s *server) sameWithoutBody(address string, whole *reply) {
	s.t.Helper()
	head := s.do(http.MethodHead, address, "").ok()
	require.Empty(s.t, head.body, address)
	require.Equal(s.t, withoutChance(whole.header), withoutChance(head.header), address)
}

// withoutChance leaves out what differs between any two answers, and how the
// transport happened to cut the body.
func withoutChance(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length", "Transfer-Encoding", "RateLimit"} {
		h.Del(name)
	}
	return h
}

func TestA27_HeadIsGetWithoutTheBodyOutsideOfTheAPIToo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, address := range []string{"/", "/2021/058", "/docs", "/docs/problems", "/docs/docs.css", "/assets/index-a1.js"} {
		s.sameWithoutBody(address, s.get(address).ok())
	}
	for _, address := range []string{"/api/v1/nothing", v1 + "/areas/nowhere", "/docs/nothing", "/nothing.js"} {
		require.Equal(t, http.StatusNotFound, s.do(http.MethodHead, address, "").status, address)
	}
}

// What an edition may call a place, every address and filter takes.
func TestEveryCodeThatAListMayHaveFitsTheContract(t *testing.T) {
	t.Parallel()
	code := strings.Repeat("x", 32)
	_, err := area.Read("long", strings.NewReader("code,parent_code,level,type,name,name_en\n"+code+",,province,tinh,Tỉnh A,Province A\n"))
	require.NoError(t, err)
	doc := theContract(t)
	for _, name := range []string{"AreaCode", "AreaFilter", "Under", "SearchUnder", "SearchFrom"} {
		require.NoError(t, doc.Components.Parameters[name].Value.Schema.Value.VisitJSON(code), name)
	}
	for _, p := range doc.Paths.Find("/api/v1/elections/{election}/amendments").Post.Parameters {
		if p.Value.Name == "area" || p.Value.Name == "after" {
			require.NoError(t, p.Value.Schema.Value.VisitJSON(code), p.Value.Name)
		}
	}
}
