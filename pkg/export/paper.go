package export

import (
	"io"
	"strconv"
	"time"

	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"codeberg.org/go-pdf/fpdf"
)

// The page of Decree 30/2020/NĐ-CP, annex I, in millimetres: A4, 20–25 above and
// below, 30–35 on the left, 15–20 on the right; sizes of letters in points.
const (
	pageWidth, pageHeight          = 210, 297
	marginTop, marginBottom        = 20, 20
	marginLeft, marginRight        = 30, 15
	textWidth                      = pageWidth - marginLeft - marginRight
	plainSize, tableSize, footSize = 13.5, 11, 8.5
	lineHeight, tableLine          = 6.3, 4.9
	padding                        = 1.5
)

const family = "serif"

// paper is a document under way, in the letters of an office.
type paper struct {
	pdf   *fpdf.Fpdf
	trace string
}

func newPaper(moment time.Time, title, trace string) *paper {
	pdf := fpdf.New("P", "mm", "A4", "")
	// The same document has the same bytes.
	pdf.SetCreationDate(moment)
	pdf.SetModificationDate(moment)
	pdf.SetCatalogSort(true)
	pdf.SetTitle(title, true)
	pdf.SetSubject(trace, true)
	pdf.SetCreator("Tiến độ", true)
	pdf.SetProducer("Tiến độ", true)
	pdf.SetLang("vi-VN")
	for style, letters := range map[string][]byte{
		"": liberationserifregular.TTF, "B": liberationserifbold.TTF, "I": liberationserifitalic.TTF, "BI": liberationserifbolditalic.TTF,
	} {
		pdf.AddUTF8FontFromBytes(family, style, letters)
	}
	pdf.SetMargins(marginLeft, marginTop, marginRight)
	pdf.SetAutoPageBreak(true, marginBottom)
	p := &paper{pdf: pdf, trace: trace}
	pdf.SetHeaderFuncMode(p.pageNumber, true)
	pdf.SetFooterFunc(p.foot)
	pdf.AddPage()
	return p
}

func (p *paper) write(w io.Writer) error { return p.pdf.Output(w) }

// pageNumber stands in the middle of the upper margin, from the second page on.
func (p *paper) pageNumber() {
	if p.pdf.PageNo() == 1 {
		return
	}
	p.font("", 13)
	p.pdf.SetXY(marginLeft, 10)
	p.pdf.CellFormat(textWidth, 6, strconv.Itoa(p.pdf.PageNo()), "", 0, "C", false, 0, "")
	p.pdf.SetXY(marginLeft, marginTop)
}

func (p *paper) foot() {
	p.font("I", footSize)
	p.pdf.SetXY(marginLeft, pageHeight-13)
	p.pdf.CellFormat(textWidth, 4, p.trace, "", 0, "L", false, 0, "")
}

func (p *paper) font(style string, size float64) { p.pdf.SetFont(family, style, size) }

func (p *paper) gap(mm float64) { p.pdf.Ln(mm) }

// heading is the issuing body and the nation's heading, each with its line, and
// below them number, place and day.
func (p *paper) heading(body, number, placeAndDay string) {
	const left, right = 70.0, textWidth - 70.0
	top := p.pdf.GetY()
	p.font("B", 12.5)
	p.pdf.SetXY(marginLeft, top)
	p.pdf.MultiCell(left, 5.5, body, "", "C", false)
	under := p.pdf.GetY() + 0.8
	p.line(marginLeft+left/2, under, left/2.6)

	p.pdf.SetXY(marginLeft+left, top)
	p.font("B", 11.5)
	p.pdf.CellFormat(right, 5.5, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "", 2, "C", false, 0, "")
	p.font("B", 13)
	const motto = "Độc lập - Tự do - Hạnh phúc"
	p.pdf.CellFormat(right, 5.5, motto, "", 2, "C", false, 0, "")
	p.line(marginLeft+left+right/2, top+11.8, p.pdf.GetStringWidth(motto))

	y := max(under, top+11.8) + 2.5
	p.font("", 13)
	p.pdf.SetXY(marginLeft, y)
	p.pdf.CellFormat(left, 6, number, "", 0, "C", false, 0, "")
	p.font("I", 13)
	p.pdf.CellFormat(right, 6, placeAndDay, "", 1, "C", false, 0, "")
}

// line is drawn around the middle x.
func (p *paper) line(x, y, width float64) {
	p.pdf.SetLineWidth(0.25)
	p.pdf.Line(x-width/2, y, x+width/2, y)
}

func (p *paper) title(kind, subject, of string) {
	p.gap(7)
	p.font("B", 14)
	p.pdf.CellFormat(textWidth, 7, kind, "", 1, "C", false, 0, "")
	p.pdf.SetX(marginLeft + 10)
	p.pdf.MultiCell(textWidth-20, 6.3, subject, "", "C", false)
	p.font("", plainSize)
	p.pdf.MultiCell(textWidth, 6.3, of, "", "C", false)
	p.line(marginLeft+textWidth/2, p.pdf.GetY()+1, 45)
	p.gap(5)
}

// section is a heading, which stays with what it is above.
func (p *paper) section(title string) {
	p.gap(3)
	p.need(38) // with the head of a table and two rows
	p.font("B", plainSize)
	p.pdf.SetX(marginLeft)
	p.pdf.CellFormat(textWidth, lineHeight, indent+title, "", 1, "L", false, 0, "")
	p.gap(1)
}

// indent is how far a paragraph's first line is set in: the spaces do not break
// and are not stretched.
const indent = "\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"

func (p *paper) paragraph(text string) {
	p.font("", plainSize)
	p.pdf.SetX(marginLeft)
	p.pdf.MultiCell(textWidth, lineHeight, indent+text, "", "J", false)
	p.gap(1.5)
}

// need begins a new page where less than so much is left of this one.
func (p *paper) need(mm float64) {
	if p.pdf.GetY()+mm > pageHeight-marginBottom {
		p.pdf.AddPage()
	}
}

// table is what a table's columns are.
type table []tableColumn

type tableColumn struct {
	head  string
	width float64 // millimetres
	align string
}

// begin writes the head of a table.
func (p *paper) begin(t table) {
	heads := make([]string, len(t))
	for k := range t {
		heads[k] = t[k].head
	}
	p.cells(t, heads, "B", true)
}

// row writes a row, on a new page below the head once more where it does not fit.
func (p *paper) row(t table, cells []string, bold bool) {
	style := ""
	if bold {
		style = "B"
	}
	p.font(style, tableSize)
	if p.pdf.GetY()+p.height(t, cells) > pageHeight-marginBottom {
		p.pdf.AddPage()
		p.begin(t)
	}
	p.cells(t, cells, style, false)
}

// height of a row in the present letters.
func (p *paper) height(t table, cells []string) float64 {
	most := 1
	for k, text := range cells {
		most = max(most, len(p.pdf.SplitText(text, t[k].width-2*padding)))
	}
	return float64(most)*tableLine + 2*padding
}

func (p *paper) cells(t table, cells []string, style string, isHead bool) {
	p.font(style, tableSize)
	x, y, height := float64(marginLeft), p.pdf.GetY(), p.height(t, cells)
	p.pdf.SetLineWidth(0.2)
	for k, text := range cells {
		column, align := t[k], t[k].align
		lines := p.pdf.SplitText(text, column.width-2*padding)
		at := y + padding
		if isHead {
			align = "C"
			at = y + (height-float64(len(lines))*tableLine)/2
			p.pdf.SetFillColor(236, 239, 243)
		}
		if isHead {
			p.pdf.Rect(x, y, column.width, height, "FD")
		} else {
			p.pdf.Rect(x, y, column.width, height, "D")
		}
		for n, line := range lines {
			p.pdf.SetXY(x+padding-p.pdf.GetCellMargin(), at+float64(n)*tableLine)
			p.pdf.CellFormat(column.width-2*padding+2*p.pdf.GetCellMargin(), tableLine, line, "", 0, align, false, 0, "")
		}
		x += column.width
	}
	p.pdf.SetXY(marginLeft, y+height)
}

// closing is the list of recipients and the block for the signature, together
// on one page.
func (p *paper) closing(recipients []string, on, office string) {
	const left, right = 80.0, textWidth - 80.0
	p.gap(6)
	p.need(50)
	top := p.pdf.GetY()
	p.font("BI", 12)
	p.pdf.SetXY(marginLeft, top)
	p.pdf.CellFormat(left, 5.5, "Nơi nhận:", "", 2, "L", false, 0, "")
	p.font("", 11)
	for _, to := range recipients {
		p.pdf.MultiCell(left, 4.8, to, "", "L", false)
		p.pdf.SetX(marginLeft)
	}
	p.pdf.SetXY(marginLeft+left, top)
	p.font("B", plainSize)
	p.pdf.MultiCell(right, 6, on, "", "C", false)
	p.pdf.SetX(marginLeft + left)
	p.pdf.CellFormat(right, 6, office, "", 2, "C", false, 0, "")
	p.font("I", 11)
	p.pdf.CellFormat(right, 5, "(Chữ ký, dấu; họ và tên)", "", 1, "C", false, 0, "")
}
