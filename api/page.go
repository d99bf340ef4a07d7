package api

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
)

// notBuilt is what a binary without its page says.
const notBuilt = `Trang chưa được dựng trong tệp chạy này; dựng bằng: make build
The page is not built into this binary; build it with: make build
The API is at /api/v1/elections
`

// page serves the page's files; every other address outside of the API is a
// screen of the page.
func (s *Server) page(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean(c.Request().URL.Path), "/")
	if underAPI(c.Request()) {
		return refused(http.StatusNotFound)
	}
	if info, err := fs.Stat(s.files, name); name == "" || err != nil || info.IsDir() {
		if path.Ext(name) != "" {
			return refused(http.StatusNotFound)
		}
		name = "index.html"
	}
	body, err := fs.ReadFile(s.files, name)
	if err != nil {
		return c.String(http.StatusOK, notBuilt)
	}
	keep := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		keep = "public, max-age=31536000, immutable" // their names change with their content
	}
	send(c, name, body, keep)
	return nil
}

func underAPI(r *http.Request) bool {
	return strings.HasPrefix(path.Clean(r.URL.Path)+"/", "/api/")
}

// send sends a file whole, with a tag made of its content: a binary does not
// know when its files were written, and the clock of a trial least of all.
func send(c echo.Context, name string, body []byte, keep string) {
	h := c.Response().Header()
	h.Set("Cache-Control", keep)
	h.Set("ETag", fmt.Sprintf(`W/"%x"`, sha256.Sum256(body)))
	for _, partly := range []string{"Range", "If-Range", "If-Match", "If-Unmodified-Since"} {
		c.Request().Header.Del(partly)
	}
	http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(body))
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

var docPage = template.Must(template.New("doc").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} · Tiến độ</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/docs/docs.css"></head>
<body><nav aria-label="Documents">{{range .Names}}<a href="/docs/{{.}}">{{.}}</a> {{end}}</nav><main>{{.Body}}</main></body></html>
`))

// inVietnamese: the papers are English, and what they quote is Vietnamese.
var inVietnamese = strings.NewReplacer("<blockquote>", `<blockquote lang="vi">`)

// doc shows a paper of api/docs.
func (s *Server) doc(c echo.Context) error {
	name := c.Param("*")
	if strings.HasPrefix(name, "img/") || strings.HasSuffix(name, ".css") {
		body, err := fs.ReadFile(s.docs, name)
		if err != nil {
			return refused(http.StatusNotFound)
		}
		send(c, name, body, "public, max-age=3600")
		return nil
	}
	if name == "" {
		name = "house"
	}
	if name == reference {
		return s.reference(c)
	}
	name = strings.TrimSuffix(name, ".md")
	text, err := fs.ReadFile(s.docs, name+".md")
	if err != nil {
		return refused(http.StatusNotFound)
	}
	var body, out bytes.Buffer
	if err := markdown.Convert(text, &body); err != nil {
		return err
	}
	err = docPage.Execute(&out, map[string]any{
		"Title": name, "Names": s.docNames, "Body": template.HTML(inVietnamese.Replace(body.String())), // our own papers
	})
	if err != nil {
		return err
	}
	send(c, name+".html", out.Bytes(), "no-cache")
	return nil
}

// reference is the contract as a page among the papers.
const reference = "api"

// drawn lets the viewer of the contract use the pictures inside its own style
// sheet, and nothing else that [policy] does not.
var drawn = strings.Replace(policy, "img-src 'self'", "img-src 'self' data:", 1)

// reference shows the contract, without a network and without asking anybody else.
func (s *Server) reference(c echo.Context) error {
	body, err := fs.ReadFile(s.files, "reference.html")
	if err != nil {
		return c.String(http.StatusOK, notBuilt)
	}
	c.Response().Header().Set("Content-Security-Policy", drawn)
	send(c, "reference.html", body, "no-cache")
	return nil
}

// docNames are the papers and the contract, in the order of the alphabet.
func docNames(docs fs.FS) []string {
	files, _ := fs.Glob(docs, "*.md")
	names := []string{reference}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(file, ".md"))
	}
	slices.Sort(names)
	return names
}
