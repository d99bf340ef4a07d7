package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// binder reads bodies: it holds them against the contract first, so that an
// unknown field, a wrong type or a text that is too long is refused with its
// JSON Pointer, and decodes them then. Paths and queries are not its business.
type binder struct {
	spec *openapi3.T
}

// Bind implements echo.Binder.
func (b binder) Bind(into any, c echo.Context) error {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if err != nil {
		return refused(http.StatusUnsupportedMediaType)
	}
	schema, taken := b.schema(c, kind)
	if !taken {
		return refused(http.StatusUnsupportedMediaType)
	}
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return unreceived(err)
	}
	if !utf8.Valid(raw) {
		return notJSON(errors.New("not UTF-8"))
	}
	value, err := decoded(raw)
	if err != nil {
		return err
	}
	if schema != nil {
		if err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest(), realDays); err != nil {
			return bodyFault(err)
		}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return notJSON(err)
	}
	return nil
}

// unreceived says why a body did not come to its end: the caller took too long,
// hung up, or sends more than is taken.
func unreceived(err error) error {
	var slow net.Error
	switch {
	case errors.As(err, &slow) && slow.Timeout():
		return refused(http.StatusRequestTimeout).SetInternal(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refused(http.StatusBadRequest).SetInternal(err)
	}
	return err
}

// decoded reads exactly one JSON value.
func decoded(raw []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&value); err != nil {
		return nil, notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, notJSON(err)
	}
	members, whole := scan(raw)
	if members != membersOf(value) {
		return nil, notJSON(errors.New("a name twice in one object"))
	}
	if !whole {
		return nil, notJSON(errors.New("half a character"))
	}
	return value, nil
}

// scan counts the names in a JSON text, and says whether its escapes are whole
// characters. Of a name that stands twice in one object the contract is held
// against the last value only, while decoding takes from both, so that the first
// would come in unseen; half of a surrogate pair would be kept as another
// character than was sent (RFC 7493, sections 2.1 and 2.3).
func scan(raw []byte) (members int, whole bool) {
	quoted, whole := false, true
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '"':
			quoted = !quoted
		case !quoted && raw[i] == ':':
			members++
		case quoted && raw[i] == '\\':
			i++
			if first := escaped(raw[i-1:]); utf16.IsSurrogate(first) {
				i += 4
				if utf16.DecodeRune(first, escaped(raw[i+1:])) == utf8.RuneError {
					whole = false
					continue
				}
				i += 6
			}
		}
	}
	return members, whole
}

// escaped is the half of a character that an escape at the beginning writes, as
// \ud83d; of another text 0.
func escaped(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	half, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(half)
}

// membersOf counts the names that are left of them.
func membersOf(value any) int {
	n := 0
	switch v := value.(type) {
	case map[string]any:
		n = len(v)
		for _, inside := range v {
			n += membersOf(inside)
		}
	case []any:
		for _, inside := range v {
			n += membersOf(inside)
		}
	}
	return n
}

func notJSON(cause error) error {
	return unreadable(fault.New(fault.Invalid, "body-not-json",
		"Nội dung gửi lên không phải một giá trị JSON đúng (UTF-8); kiểm tra dấu ngoặc và dấu phẩy",
		"The body is not one correct JSON value in UTF-8; check brackets and commas").Because(cause))
}

// schema finds what the contract says of the body of this route, and whether it
// takes bodies of this media type.
func (b binder) schema(c echo.Context, kind string) (of *openapi3.Schema, taken bool) {
	item := b.spec.Paths.Find(specPath(c.Path()))
	if item == nil {
		return nil, false
	}
	operation := item.GetOperation(c.Request().Method)
	if operation == nil || operation.RequestBody == nil {
		return nil, false
	}
	media, taken := operation.RequestBody.Value.Content[kind]
	if !taken || media.Schema == nil {
		return nil, taken
	}
	return media.Schema.Value, true
}

// specPath writes a route as the contract does: {area} for :area. Whatever reads the
// contract asks for it with every request.
func specPath(route string) string {
	known, _ := specPaths.Load(route)
	if path, ok := known.(string); ok {
		return path
	}
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "{" + p[1:] + "}"
		}
	}
	path := strings.Join(parts, "/")
	specPaths.Store(route, path)
	return path
}

// specPaths are the routes that were asked for, of which there are as many as the
// server has.
var specPaths sync.Map

// bodyFault says of every place that is wrong what is expected there.
func bodyFault(err error) error {
	f := fault.New(fault.Invalid, "body-refused",
		"Nội dung gửi lên không đúng mẫu; xem từng chỗ trong errors", "The body is not of the expected form; errors names each place")
	collect(err, f)
	return f
}

func collect(err error, f *fault.Error) {
	var many openapi3.MultiError
	if errors.As(err, &many) {
		for _, e := range many {
			collect(e, f)
		}
		return
	}
	var one *openapi3.SchemaError
	if errors.As(err, &one) && len(f.Fields) < mostPlaces {
		f.Fields = append(f.Fields, fault.Field{Pointer: pointer(one), Text: expected(one)})
	}
}

// mostPlaces are named in one answer, so that it stays in proportion to what
// was sent.
const mostPlaces = 20

var inPointers = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is the place as RFC 6901 writes it: "" is the whole body.
func pointer(e *openapi3.SchemaError) string {
	places := e.JSONPointer()
	if name, unknown := strings.CutPrefix(e.Reason, "property "); unknown {
		// The validator names the object; the field stands in its reason only.
		if name, err := strconv.QuotedPrefix(name); err == nil && e.SchemaField == "properties" {
			name, _ = strconv.Unquote(name)
			places = append(slices.Clone(places), name)
		}
	}
	var b strings.Builder
	for _, place := range places {
		b.WriteString("/" + inPointers.Replace(place))
	}
	return b.String()
}

// expected words the rule of the schema that was broken.
func expected(e *openapi3.SchemaError) fault.Text {
	switch e.SchemaField {
	case "properties", "additionalProperties":
		return fault.Text{Vi: "Không có trường này; bỏ đi hoặc sửa tên", En: "There is no such field; leave it out or correct its name"}
	case "maxLength":
		return fault.Textf("Dài quá %d ký tự", "Longer than %d characters", *e.Schema.MaxLength)
	case "minimum", "maximum":
		if e.Schema.Max == nil {
			return fault.Textf("Dùng số từ %v trở lên", "Use a number from %v on", *e.Schema.Min)
		}
		return fault.Textf("Dùng số từ %v đến %v", "Use a number from %v to %v", *e.Schema.Min, *e.Schema.Max)
	case "enum":
		values := make([]string, len(e.Schema.Enum))
		for n, value := range e.Schema.Enum {
			values[n] = fmt.Sprint(value)
		}
		list := strings.Join(values, ", ")
		return fault.Textf("Dùng một trong: %s", "Use one of: %s", list)
	case "required":
		return fault.Text{Vi: "Cần trường này", En: "This field is needed"}
	case "minLength":
		return fault.Text{Vi: "Không để trống", En: "It cannot be empty"}
	case "minItems":
		return fault.Textf("Cần ít nhất %d mục", "At least %d are needed", e.Schema.MinItems)
	case "maxItems":
		return fault.Textf("Tối đa %d mục", "At most %d are taken", *e.Schema.MaxItems)
	case "maxProperties":
		return fault.Textf("Tối đa %d mục", "At most %d are taken", *e.Schema.MaxProps)
	case "pattern":
		if strings.Contains(e.Schema.Pattern, ":") {
			return fault.Text{Vi: "Viết giờ theo dạng HH:MM, chẳng hạn 05:00", En: "Hours are HH:MM, such as 05:00"}
		}
		return fault.Textf("Không đúng mẫu %s", "Not of the form %s", e.Schema.Pattern)
	case "format":
		return fault.Text{Vi: "Ngày viết YYYY-MM-DD và phải có thật", En: "Days are YYYY-MM-DD and must exist"}
	case "minProperties":
		return fault.Text{Vi: "Cần ít nhất một trường", En: "At least one field is needed"}
	}
	return fault.Textf("Kiểu không đúng, cần %v", "Wrong type, %v is expected", e.Schema.Type)
}

// realDays checks dates as what they are, not by a pattern: 2021-02-31 is none.
var realDays = openapi3.WithStringFormatValidator("date", openapi3.NewCallbackValidator(func(s string) error {
	_, err := civil.Parse(s)
	return err
}))
