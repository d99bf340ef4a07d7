package api

import (
	"regexp"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// changeTag is the header in which a client says what it calls a write.
const changeTag = "Change-Tag"

var tagForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// tags takes what the caller calls his write, where an operation writes to the log
// of an election. One that cannot be kept is refused before anything is done: who
// waits for it to come back would wait for ever.
func (s *Server) tags() echo.MiddlewareFunc {
	known := s.operations()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			sent := c.Request().Header.Values(changeTag)
			if len(sent) == 0 {
				return next(c)
			}
			if o, described := known[operationKey(c)]; !described || !takes(o, changeTag) {
				return next(c)
			}
			if len(sent) > 1 || !tagForm.MatchString(sent[0]) {
				return unreadable(fault.New(fault.Invalid, "change-tag-unreadable",
					"Change-Tag gồm 1–64 chữ không dấu, số, dấu chấm, gạch dưới hoặc gạch nối, gửi một lần",
					"Change-Tag is 1 to 64 of the characters A–Z, a–z, 0–9, full stop, low line and hyphen, sent once").At(":" + changeTag))
			}
			if who := callerOf(c.Request().Context()); who != nobody {
				who.tag = sent[0]
			}
			return next(c)
		}
	}
}

// tagOf is what a change was called by who wrote it; nil for nothing.
func tagOf(c *tracker.Change) *string {
	if c.Actor.Tag == "" {
		return nil
	}
	return &c.Actor.Tag
}

// takes says that an operation has a header among its parameters.
func takes(o *openapi3.Operation, header string) bool {
	return o.Parameters.GetByInAndName(openapi3.ParameterInHeader, header) != nil
}
