package intake_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/intake"
)

// office makes every account that is asked for, once.
type office struct {
	known map[string]access.NewAccount
	no    map[string]error // who is refused
	lost  bool             // somebody is faster between the trial and the act
}

func (o *office) Admit(_ context.Context, _ access.Actor, rows []access.NewAccount, dryRun bool) ([]access.Admission, bool, error) {
	kept := !dryRun
	all := make([]access.Admission, len(rows))
	for k, n := range rows {
		_, there := o.known[n.User]
		switch {
		case o.no[n.User] != nil || o.lost && !dryRun:
			all[k] = access.Admission{Outcome: access.Refused, Err: fault.New(fault.Forbidden, "grant-above-own", "không", "no")}
			kept = false
		case there:
			all[k].Outcome = access.Unchanged
		default:
			all[k].Outcome = access.MadeAnew
		}
	}
	if kept {
		for _, n := range rows {
			o.known[n.User] = n
		}
	}
	return all, kept, nil
}

func admit(t *testing.T, o *office, file []byte, before intake.Preview, options intake.Options) intake.Report {
	t.Helper()
	list := area.Edition2021()
	i, _ := list.Index("06")
	table, err := intake.Read(file, intake.People)
	require.NoError(t, err)
	report, err := intake.NewPeopleImport(table, list, i).Run(t.Context(), o, access.Actor{}, before, options)
	require.NoError(t, err)
	return report
}

const peopleHeader = "Tên đăng nhập;Họ và tên;Đơn vị công tác;Ngôn ngữ;Mã đơn vị;Đơn vị;Thuộc;Vai trò"

func TestAListOfAccountsSaysWhatEachRowComesTo(t *testing.T) {
	t.Parallel()
	o := &office{known: map[string]access.NewAccount{}}
	file := table(peopleHeader,
		"An.Nguyen;Nguyễn  Văn\tAn;UBND;Tiếng Việt;58;;;Phụ trách",
		"binh;Trần Bình;UBND;;;Huyện Pác Nặm;;người báo cáo",
		"binh;;;;060;;;viewer",
		"c d;Lê;;;058;;;viewer",
		"dung;Lê Dũng;;fr;058;;;viewer",
		"emm;Lê Em;;;058;;;chủ tịch",
		"giang;Lê;;;001;;;viewer",
	)
	tried := admit(t, o, file, "", intake.Options{DryRun: true})
	require.Equal(t, intake.Preview("mmrrrrr"), tried.Letters())
	require.True(t, tried.Held)
	require.Equal(t, []string{
		" import-person-repeated", "user user-name-not-plain", "language language-word-unknown", "role role-word-unknown", "area area-outside-import",
	}, refusals(tried))
	require.Empty(t, o.known)
	admit(t, o, file, "", intake.Options{})
	require.Empty(t, o.known, "one refused row holds all")
	done := admit(t, o, file, tried.Letters(), intake.Options{Partial: true})
	require.Equal(t, 2, done.Made)
	require.False(t, done.Held)
	an := o.known["an.nguyen"]
	require.Equal(t, access.NewAccount{
		User: "an.nguyen", Name: "Nguyễn Văn An", Unit: "UBND", Language: "vi",
		Grants: []access.Grant{{Edition: "2021", Area: "058", Role: access.Lead}},
	}, an)
	again := admit(t, o, file, "", intake.Options{Partial: true})
	require.Equal(t, intake.Preview("uurrrrr"), again.Letters())
}

func TestARowThatComesToSomethingElseThanPreviewedIsRefused(t *testing.T) {
	t.Parallel()
	o := &office{known: map[string]access.NewAccount{}}
	file := table(peopleHeader, "anh;Anh;;;058;;;viewer", "binh;Bình;;;058;;;viewer")
	tried := admit(t, o, file, "", intake.Options{DryRun: true})
	o.known["anh"] = access.NewAccount{}
	held := admit(t, o, file, tried.Letters(), intake.Options{})
	require.True(t, held.Held)
	require.Equal(t, []string{" import-row-changed"}, refusals(held))
	require.Equal(t, 1, admit(t, o, file, tried.Letters(), intake.Options{Partial: true}).Made)
	list := area.Edition2021()
	other, err := intake.Read(table(peopleHeader, "anh;Anh;;;058;;;viewer"), intake.People)
	require.NoError(t, err)
	_, err = intake.NewPeopleImport(other, list, 0).Run(t.Context(), o, access.Actor{}, tried.Letters(), intake.Options{})
	require.True(t, fault.Is(err, "import-preview-mismatch"))
}

func TestWhenSomebodyWasFasterNothingIsKeptAndThatIsSaid(t *testing.T) {
	t.Parallel()
	o := &office{known: map[string]access.NewAccount{}, lost: true}
	report := admit(t, o, table(peopleHeader, "anh;Anh;;;058;;;viewer"), "", intake.Options{Partial: true})
	require.True(t, report.Held)
	require.Equal(t, []string{"role grant-above-own"}, refusals(report))
	o = &office{known: map[string]access.NewAccount{}, no: map[string]error{"anh": fault.New(fault.Forbidden, "x", "", "")}}
	report = admit(t, o, table(peopleHeader, "anh;Anh;;;058;;;viewer", "binh;Bình;;;058;;;viewer"), "", intake.Options{Partial: true})
	require.False(t, report.Held)
	require.Equal(t, intake.Preview("rm"), report.Letters())
}
