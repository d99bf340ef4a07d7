package intake_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tiendo/pkg/intake"
	"tiendo/pkg/sheet"
)

func TestATemplateThatIsFilledInIsRead(t *testing.T) {
	t.Parallel()
	d := opened(t)
	v := d.View(t)
	i, _ := v.Frame().List.Index("06")
	for kind, row := range map[*intake.Kind]map[string]any{
		intake.Statuses: {sheet.ColArea: "058", sheet.ColMilestone: "consult1_pc_district", sheet.ColStatus: "Đang làm"},
		intake.People:   {sheet.ColUser: "lan.nguyen", sheet.ColName: "Nguyễn Lan", sheet.ColArea: "058", sheet.ColRole: "Phụ trách"},
	} {
		for _, english := range []bool{false, true} {
			template := intake.Template{Kind: kind, View: v, Branch: i, English: english}
			var file bytes.Buffer
			require.NoError(t, template.XLSX(&file))
			f, err := excelize.OpenReader(&file)
			require.NoError(t, err)
			sheets := f.GetSheetList()
			header, err := f.GetRows(sheets[0])
			require.NoError(t, err)
			for k, title := range header[0] {
				if value, there := row[kind.Columns[kind.Columns.Find(title)].Key]; there {
					at, _ := excelize.CoordinatesToCellName(k+1, 2)
					require.NoError(t, f.SetCellValue(sheets[0], at, value))
				}
			}
			codes, err := f.GetRows(sheets[2])
			require.NoError(t, err)
			require.Len(t, codes, 1+1+1+8, "header, province, city, its wards")
			var filled bytes.Buffer
			require.NoError(t, f.Write(&filled))
			table, err := intake.Read(filled.Bytes(), kind)
			require.NoError(t, err)
			require.Len(t, table.Rows, 1)
			require.Equal(t, sheets[1:], table.Skipped)
			var plain bytes.Buffer
			require.NoError(t, template.CSV(&plain))
			require.Contains(t, plain.String(), header[0][0]+",")
		}
	}
}
