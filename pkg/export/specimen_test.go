package export

import (
	"bytes"
	"time"
)

// Specimen is a document with a text in all styles.
func Specimen(text string) []byte {
	p := newPaper(time.Unix(0, 0).UTC(), "", "")
	for _, style := range []string{"", "B", "I", "BI"} {
		p.font(style, 12)
		p.pdf.MultiCell(textWidth, 6, text, "", "L", false)
	}
	var out bytes.Buffer
	if err := p.write(&out); err != nil {
		panic(err)
	}
	return out.Bytes()
}
