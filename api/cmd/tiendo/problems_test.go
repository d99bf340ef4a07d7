package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// A problem document's type is the address of a heading in api/docs/problems.md:
// every code in the program has one there, and there is none without a code.
func TestEveryProblemIsExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root(), "api", "docs", "problems.md"))
	require.NoError(t, err)
	var headings []string
	for _, m := range regexp.MustCompile(`(?m)^### (\S+)\n\n(.*)$`).FindAllStringSubmatch(string(text), -1) {
		headings = append(headings, m[1])
		require.Regexp(t, `^> [\p{Lu}`+"`"+`].*\.$`, m[2], "%s: first one sentence in Vietnamese", m[1])
	}
	codes := problemCodes(t)
	for _, h := range headings {
		if !slices.Contains(codes, h) {
			t.Errorf("problems.md explains %s, which the program never says", h)
		}
	}
	for _, c := range codes {
		if !slices.Contains(headings, c) {
			t.Errorf("the program says %s: explain it in problems.md under the heading \"### %[1]s\"", c)
		}
	}
	slices.Sort(headings)
	require.Equal(t, headings, slices.Compact(slices.Clone(headings)), "a heading stands twice")
}

// What is said is shown to officers as it is.
func TestEverySentenceBeginsWithACapital(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		if p.room() == "pkg/fault" || p.room() == "pkg/area/gen" || strings.HasSuffix(p.room(), "test") {
			continue
		}
		newSayings(t, p).sentences(func(at token.Position, text string) {
			first, _ := utf8.DecodeRuneInString(text)
			// A name may stand first; what is empty is filled in later.
			if !unicode.IsUpper(first) && first != '%' && text != "" {
				t.Errorf("%s: %q begins in lower case", at, text)
			}
		})
	}
}

// sentences visits the beginning of the Vietnamese and of the English text of
// every fault.New. Those of fault.Textf may be parts of a sentence, but for the
// rooms that word what was wrong in a request.
func (s *sayings) sentences(visit func(token.Position, string)) {
	begin := func(in *ast.FuncDecl, texts ...ast.Expr) {
		for _, text := range texts {
			for sum, ok := text.(*ast.BinaryExpr); ok; sum, ok = text.(*ast.BinaryExpr) {
				text = sum.X
			}
			for _, value := range s.values(in, text) {
				visit(s.fset.Position(text.Pos()), value)
			}
		}
	}
	s.calls("New", func(in *ast.FuncDecl, call *ast.CallExpr) {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && isIdent(sel.X, "fault") && len(call.Args) >= 4 {
			begin(in, call.Args[2], call.Args[3])
		}
	})
	whole := []string{"api", "tracker"}
	s.calls("Textf", func(in *ast.FuncDecl, call *ast.CallExpr) {
		if slices.Contains(whole, s.files[0].Name.Name) {
			begin(in, call.Args[0], call.Args[1])
		}
	})
}

// problemCodes collects the code of every fault.New, fault.InFile and Warning in the
// program, also where a function of the same package passes it on.
func problemCodes(t *testing.T) []string {
	t.Helper()
	codes := map[string]bool{}
	for _, p := range ourPackages(t) {
		if p.room() == "pkg/fault" || p.room() == "pkg/area/gen" || strings.HasSuffix(p.room(), "test") {
			continue
		}
		for _, c := range newSayings(t, p).codes() {
			require.Regexp(t, `^[a-z]+(-[a-z0-9]+)*$`, c, p.ImportPath)
			codes[c] = true
		}
	}
	return slices.Sorted(maps.Keys(codes))
}

// sayings evaluates string expressions of one package as far as codes need it.
type sayings struct {
	t         *testing.T
	fset      *token.FileSet
	files     []*ast.File
	constants map[string]ast.Expr
}

func newSayings(t *testing.T, p *goPackage) *sayings {
	t.Helper()
	s := &sayings{t: t, fset: token.NewFileSet(), constants: map[string]ast.Expr{}}
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(s.fset, filepath.Join(p.Dir, name), nil, 0)
		require.NoError(t, err)
		s.files = append(s.files, file)
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i := range v.Names {
					s.constants[v.Names[i].Name] = v.Values[i]
				}
			}
			return true
		})
	}
	return s
}

func (s *sayings) codes() []string {
	var all []string
	s.calls("New", func(in *ast.FuncDecl, call *ast.CallExpr) {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && isIdent(sel.X, "fault") && len(call.Args) >= 4 {
			all = append(all, s.values(in, call.Args[1])...)
		}
	})
	s.calls("InFile", func(in *ast.FuncDecl, call *ast.CallExpr) {
		all = append(all, s.values(in, call.Args[0])...)
	})
	for _, file := range s.files {
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || !isIdent(lit.Type, "Warning") && !isWarningList(lit.Type) {
				return true
			}
			ast.Inspect(lit, func(n ast.Node) bool {
				if kv, ok := n.(*ast.KeyValueExpr); ok && isIdent(kv.Key, "Code") {
					if text, ok := kv.Value.(*ast.BasicLit); ok {
						all = append(all, s.literal(text))
					}
				}
				return true
			})
			return false
		})
	}
	return all
}

// values is what an expression can come to: a literal, a constant, a sum of
// them, or a parameter, which is then whatever the callers pass.
func (s *sayings) values(in *ast.FuncDecl, e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return []string{s.literal(e)}
	case *ast.BinaryExpr:
		var all []string
		for _, left := range s.values(in, e.X) {
			for _, right := range s.values(in, e.Y) {
				all = append(all, left+right)
			}
		}
		return all
	case *ast.Ident:
		if i := parameter(in, e.Name); i >= 0 {
			return s.passed(in, i)
		}
		if value, ok := s.constants[e.Name]; ok {
			return s.values(in, value)
		}
	}
	s.t.Errorf("%s: this code cannot be read by the test: write it as a literal, a constant or a parameter", s.fset.Position(e.Pos()))
	return nil
}

// passed is what the callers of a function pass as its i-th argument.
func (s *sayings) passed(f *ast.FuncDecl, i int) []string {
	var all []string
	s.calls(f.Name.Name, func(in *ast.FuncDecl, call *ast.CallExpr) {
		if in != f && i < len(call.Args) {
			all = append(all, s.values(in, call.Args[i])...)
		}
	})
	return all
}

// calls visits every call of something with this name.
func (s *sayings) calls(name string, visit func(in *ast.FuncDecl, call *ast.CallExpr)) {
	for _, file := range s.files {
		for _, decl := range file.Decls {
			in, _ := decl.(*ast.FuncDecl)
			ast.Inspect(decl, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && called(call.Fun) == name {
					visit(in, call)
				}
				return true
			})
		}
	}
}

func called(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.IndexExpr: // a generic function with its type
		return called(fun.X)
	}
	return ""
}

func parameter(f *ast.FuncDecl, name string) int {
	if f == nil {
		return -1
	}
	i := 0
	for _, field := range f.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func isWarningList(e ast.Expr) bool {
	list, ok := e.(*ast.ArrayType)
	return ok && isIdent(list.Elt, "Warning")
}

func (s *sayings) literal(lit *ast.BasicLit) string {
	text, err := strconv.Unquote(lit.Value)
	require.NoError(s.t, err)
	return text
}
