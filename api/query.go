package api

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"tiendo/pkg/fault"
)

// queries holds what stands behind the "?" against the contract: a misspelt
// filter, or one that cannot be meant, must not be an answer without it.
func (s *Server) queries() echo.MiddlewareFunc {
	known := s.operations()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if operation, described := known[operationKey(c)]; described {
				if err := checkQuery(operation.Parameters, c.Request().URL.RawQuery); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
}

func checkQuery(parameters openapi3.Parameters, raw string) error {
	asked, err := url.ParseQuery(raw)
	if err != nil {
		return refused(http.StatusBadRequest)
	}
	for name, values := range asked {
		p := parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		if p == nil {
			return unknownParameter(name)
		}
		if len(values) != 1 {
			return unreadableParameter(name, "?")
		}
		if err := checkValue(p, values[0]); err != nil {
			return err
		}
	}
	for _, p := range parameters {
		if p := p.Value; p.In == openapi3.ParameterInQuery && p.Required && len(asked[p.Name]) == 0 {
			return unreadable(fault.New(fault.Invalid, "parameter-missing",
				"Thiếu tham số %s; thêm vào sau dấu ? của địa chỉ", "Parameter %s is missing; put it behind the ? of the address", p.Name).At("?" + p.Name))
		}
	}
	return nil
}

func checkValue(p *openapi3.Parameter, text string) error {
	var value any = text
	if p.Schema.Value.Type.Is("integer") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return unreadableParameter(p.Name, "?")
		}
		value = float64(n) // as JSON has it
	}
	if p.Schema.Value.Type.Is("boolean") {
		if text != "true" && text != "false" {
			return unreadableParameter(p.Name, "?")
		}
		value = text == "true"
	}
	var broken *openapi3.SchemaError
	switch err := p.Schema.Value.VisitJSON(value, realDays); {
	case err == nil:
		return nil
	case errors.As(err, &broken) && broken.SchemaField != "format":
		f := fault.New(fault.Invalid, "parameter-refused", "Giá trị của tham số %s không dùng được", "The value of parameter %s cannot be used", p.Name)
		text := expected(broken)
		if broken.SchemaField == "pattern" && p.Example != nil {
			text = fault.Textf("Viết theo dạng %v", "Write it as in %v", p.Example)
		}
		f.Fields = []fault.Field{{Pointer: "?" + p.Name, Text: text}}
		return f
	}
	return unreadableParameter(p.Name, "?")
}

func unknownParameter(name string) error {
	name = strings.ToValidUTF8(name, "?")
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60])
	}
	return fault.New(fault.Invalid, "parameter-unknown",
		"Không có tham số %q ở địa chỉ này; sửa tên hoặc bỏ đi", "This address has no parameter %q; correct its name or leave it out", name).At("?" + name)
}

// unreadableParameter says so of a parameter in the query ("?"), in a header
// (":") or in the path ("").
func unreadableParameter(name, in string) error {
	f := fault.New(fault.Invalid, "parameter-unreadable",
		"Không đọc được tham số %s; ngày viết YYYY-MM-DD, thời điểm theo RFC 3339 (dấu + viết %%2B), số nguyên không dấu cách, đúng sai là true hoặc false",
		"Parameter %s cannot be read; days are YYYY-MM-DD, instants RFC 3339 (write + as %%2B), numbers whole, yes and no true or false", name)
	if in != "" {
		f = f.At(in + name)
	}
	return unreadable(f)
}

// unreadable makes a fault one of the request's form: 400 instead of 422.
func unreadable(f *fault.Error) error {
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(f)
}

// oneLine joins conditions that came in several lines: they are one list
// (RFC 9110, section 5.3).
func oneLine(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for _, name := range []string{"If-None-Match", "If-Match"} {
			if lines := c.Request().Header.Values(name); len(lines) > 1 {
				c.Request().Header.Set(name, strings.Join(lines, ", "))
			}
		}
		return next(c)
	}
}
