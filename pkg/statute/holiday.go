package statute

import (
	"embed"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

//go:embed holidays/*.json
var holidayFiles embed.FS

var holidays = sync.OnceValue(func() map[civil.Date]fault.Text {
	all := map[civil.Date]fault.Text{}
	entries, _ := holidayFiles.ReadDir("holidays") // embedded: cannot fail
	for _, e := range entries {
		data, _ := holidayFiles.ReadFile("holidays/" + e.Name())
		var f struct {
			Days []struct {
				Date   civil.Date `json:"date"`
				NameVi string     `json:"name_vi"`
				NameEn string     `json:"name_en"`
			} `json:"days"`
		}
		if err := json.Unmarshal(data, &f); err != nil {
			panic("statute: " + e.Name() + ": " + err.Error()) // compiled in, and tested
		}
		for _, d := range f.Days {
			all[d.Date] = fault.Text{Vi: d.NameVi, En: d.NameEn}
		}
	}
	return all
})

// Holiday tells the name of a public holiday, for the years that are known.
// It is information only: no date of the law moves because of one.
func Holiday(d civil.Date) (fault.Text, bool) {
	name, ok := holidays()[d]
	return name, ok
}

var weekendNames = map[time.Weekday]fault.Text{
	time.Saturday: {Vi: "Thứ Bảy", En: "Saturday"},
	time.Sunday:   {Vi: "Chủ nhật", En: "Sunday"},
}

// dayOff says what makes a day one on which offices are closed: a holiday's
// name, or Saturday or Sunday; nothing for a working day.
func dayOff(d civil.Date) fault.Text {
	if name, ok := Holiday(d); ok {
		flat := strings.NewReplacer(" (", ", ", ")", "") // it will stand in brackets itself
		return fault.Text{Vi: flat.Replace(name.Vi), En: flat.Replace(name.En)}
	}
	return weekendNames[d.Weekday()]
}
