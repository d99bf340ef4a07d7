package api

import (
	"time"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// The functions here turn the product's values into the contract's, where the
// contract says "or null".

func orNone[T any](v T, there bool) nullable.Nullable[T] {
	if !there {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(v)
}

// unlessZero is for a field that is left out where there is nothing to say.
func unlessZero[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

func day(d civil.Date) nullable.Nullable[MaybeDay] { return orNone(d, !d.IsZero()) }

func words(s string) nullable.Nullable[string] { return orNone(s, s != "") }

func (s *Server) moment(c civil.Cutoff) nullable.Nullable[MaybeInstant] {
	t, timed := instant(c, s.zone)
	return orNone(t, timed)
}

func moment(t time.Time) nullable.Nullable[MaybeInstant] { return orNone(t, !t.IsZero()) }

func both(t fault.Text) Text { return Text{Vi: t.Vi, En: t.En} }

func bothOrNone(t fault.Text) nullable.Nullable[Text] { return orNone(both(t), t != fault.Text{}) }

type (
	nullableText     = nullable.Nullable[string]
	nullableDocument = nullable.Nullable[NewDocument]
)

// optional is what may have been left out, then its zero value.
func optional[T any](v *T) (none T) {
	if v == nil {
		return none
	}
	return *v
}

// each maps a slice; the result is never null in JSON.
func each[A, B any](all []A, to func(A) B) []B {
	out := make([]B, len(all))
	for i, a := range all {
		out[i] = to(a)
	}
	return out
}

func filled(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// source finds the address of a source that an entry names by its key.
func source(addresses map[string]string, key string) nullable.Nullable[Source] {
	return orNone(Source{Key: key, Address: addresses[key]}, key != "")
}

func sources(all []statute.Source) []Source {
	return each(all, func(s statute.Source) Source { return Source{Key: s.Key, Address: s.Address} })
}

func responsible(all []tracker.Responsible) []Responsible {
	return each(all, func(r tracker.Responsible) Responsible { return Responsible{Body: r.Body, Level: r.Level} })
}
