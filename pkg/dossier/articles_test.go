package dossier_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// told is one thing that an article names, and what it is in the product. The
// words name the test and are, but for remarks in brackets, the article's: of
// them the numbers, days and names of places are held against the thing's own
// title, number and day; that the rest says the same is for readers to judge. key is that of a body or document, of a line of a plan or a
// rule, or of a task: "milestone/task".
type told struct {
	words string
	what  string // body, document, milestone, task
	area  string // codes, with spaces between
	key   string
	// day: of a document the day issued, of work the day done; with a leading
	// "≤" only known by then; empty: none is told.
	day    string
	number string
	office string // of a body: the office that the article names
	source string // empty: the article itself
}

const (
	hpDistricts  = "303 304 305 306 307 308 309 311 312 313 314 315 316 317 318"
	bkCommunes   = "01834 01837 01840 01843 01846 01849 01852 01855"
	byTheArticle = "≤2021-02-16"
)

// haiPhong is the article on the conference of 23/1/2021 (SEEDA).
var haiPhong = []told{
	{words: "Ngày 23/1 … hội nghị trực tuyến triển khai công tác bầu cử", what: "milestone", area: "31", key: "hp_conference", day: "2021-01-23"},
	{words: "Ban Thường vụ Thành ủy Hải Phòng", what: "body", area: "31", key: "hp_party_standing_board", office: "Bí thư Thành ủy"},
	{words: "Ủy viên Trung ương Đảng", what: "body", area: "VN", key: "vn_party_central"},
	{words: "Bí thư Thành ủy", what: "body", area: "31", key: "hp_party_committee", office: "Bí thư Thành ủy"},
	{words: "Chủ tịch HĐND thành phố", what: "body", area: "31", key: "hp_council", office: "Chủ tịch HĐND thành phố"},
	{words: "Trưởng Ban Chỉ đạo", what: "body", area: "31", key: "hp_steering_committee", office: "Trưởng Ban Chỉ đạo"},
	{words: "Chủ tịch Ủy ban bầu cử TP Hải Phòng", what: "body", area: "31", key: "hp_election_committee", office: "Chủ tịch Ủy ban bầu cử"},
	{words: "Bí thư Thành ủy … phát biểu tại Hội nghị", what: "task", area: "31", key: "hp_conference/direct", day: "2021-01-23"},
	{words: "vừa tập trung cao triển khai … kế hoạch phát triển kinh tế - xã hội, quốc phòng – an ninh năm 2021", what: "milestone", area: "31", key: "hp_socio_economic_plan"},
	{words: "Nghị quyết của Thành ủy", what: "document", area: "31", key: "hp_party_resolution", day: "≤2021-01-23"},
	{words: "Đối với công tác nhân sự … lãnh đạo tập trung của các cấp ủy đảng, … dân chủ rộng rãi", what: "milestone", area: "31", key: "hp_personnel_leadership"},
	{words: "Các quận ủy, huyện ủy", what: "body", area: hpDistricts, key: "hp_party_", office: "Bí thư"},
	{words: "bí thư quận ủy, huyện ủy chịu trách nhiệm trước Ban Thường vụ", what: "milestone", area: hpDistricts, key: "hp_district_responsibility"},
	{words: "ngay sau hội nghị này, các quận ủy, huyện ủy tổ chức các hội nghị quán triệt", what: "task", area: "303 318", key: "hp_district_conferences/duty"},
	{words: "Ủy ban MTTQ Việt Nam Thành phố", what: "body", area: "31", key: "hp_front"},
	{words: "Thường trực HĐND", what: "body", area: "31", key: "hp_council_standing_body"},
	{words: "các bước hiệp thương: lần thứ nhất, đại biểu Quốc hội", what: "task", area: "31", key: "consult1_na_province/front_with_committee", day: "2021-02-08"},
	{words: "các bước hiệp thương: lần thứ nhất, đại biểu HĐND", what: "task", area: "31", key: "consult1_pc_province/front_with_committee", day: "2021-02-08"},
	{words: "các bước hiệp thương: lần thứ hai, đại biểu Quốc hội", what: "task", area: "31", key: "consult2_na_province/front_with_committee"},
	{words: "các bước hiệp thương: lần thứ hai, đại biểu HĐND", what: "task", area: "31", key: "consult2_pc_province/front_with_committee"},
	{words: "các bước hiệp thương: lần thứ ba, đại biểu Quốc hội", what: "task", area: "31", key: "consult3_na_province/front_with_committee", day: "2021-04-14"},
	{words: "các bước hiệp thương: lần thứ ba, đại biểu HĐND", what: "task", area: "31", key: "consult3_pc_province/front_with_committee", day: "2021-04-14"},
	{words: "UBND Thành phố", what: "body", area: "31", key: "hp_peoples_committee"},
	{words: "Công an thành phố", what: "body", area: "31", key: "hp_police"},
	{words: "Bộ Chỉ huy quân sự thành phố", what: "body", area: "31", key: "hp_military"},
	{words: "chủ động xây dựng phương án", what: "task", area: "31", key: "hp_security_plan/plan"},
	{words: "tổ chức triển khai đồng bộ các nhiệm vụ được giao", what: "task", area: "31", key: "hp_security_plan/carry_out"},
	{words: "nhất là trong thời gian diễn ra Đại hội lần thứ XIII của Đảng", what: "task", area: "31", key: "hp_security_plan/congress"},
	{words: "Ban Tuyên giáo Thành ủy", what: "body", area: "31", key: "hp_party_propaganda"},
	{words: "tăng cường công tác thông tin, tuyên truyền", what: "milestone", area: "31", key: "hp_propaganda"},
	{words: "Phó Chủ tịch Thường trực UBND thành phố quán triệt tại Hội nghị", what: "task", area: "31", key: "hp_conference/present", day: "2021-01-23"},
	{words: "được nghe công bố các quyết định, chỉ thị của Ban Thường vụ", what: "task", area: "31", key: "hp_conference/announce_party", day: "2021-01-23"},
	{words: "các quyết định … của Ban Thường vụ Thành ủy về thành lập Ban Chỉ đạo", what: "document", area: "31", key: "hp_sb_decision", day: "≤2021-01-23"},
	{words: "chỉ thị của Ban Thường vụ Thành ủy", what: "document", area: "31", key: "hp_sb_directive", day: "≤2021-01-23"},
	{words: "thành lập Ban Chỉ đạo của Thành ủy", what: "task", area: "31", key: "hp_steering_committee/duty", day: "≤2021-01-23"},
	{words: "công bố … quyết định, kế hoạch của UBND thành phố", what: "task", area: "31", key: "hp_conference/announce_committee", day: "2021-01-23"},
	{words: "quyết định … của UBND thành phố thành lập Ủy ban bầu cử", what: "document", area: "31", key: "hp_pc_decision", day: "≤2021-01-23"},
	{words: "kế hoạch của UBND thành phố", what: "document", area: "31", key: "hp_pc_plan", day: "≤2021-01-23"},
	{words: "UBND thành phố ban hành kế hoạch", what: "task", area: "31", key: "hp_peoples_committee_plan/duty", day: "≤2021-01-23"},
	{words: "thành lập Ủy ban bầu cử", what: "task", area: "31", key: "election_committee_province/duty", day: "≤2021-01-23"},
	{words: "công bố thành lập Ủy ban bầu cử", what: "task", area: "31", key: "election_committee_province/announced", day: "2021-01-23"},
	{words: "Hội nghị cũng được nghe công bố các văn bản", what: "task", area: "31", key: "hp_conference/announce_guidance", day: "2021-01-23"},
	{words: "hướng dẫn về công tác nhân sự", what: "document", area: "31", key: "hp_guidance_personnel", day: "≤2021-01-23"},
	{words: "hướng dẫn việc hiệp thương giới thiệu người ứng cử", what: "document", area: "31", key: "hp_guidance_consultation", day: "≤2021-01-23"},
	{words: "việc tổ chức hội nghị cử tri, hội nghị giới thiệu người ứng cử đại biểu HĐND cấp xã ở thôn, tổ dân phố", what: "document", area: "31", key: "hp_guidance_voter_meetings", day: "≤2021-01-23"},
	{words: "hiệp thương, giới thiệu người ứng cử … trong bầu cử bổ sung", what: "document", area: "31", key: "hp_guidance_by_election", day: "≤2021-01-23"},
	{words: "hướng dẫn tuyên truyền về cuộc bầu cử", what: "document", area: "31", key: "hp_guidance_propaganda", day: "≤2021-01-23"},
}

// bacKan is the article of the office of Thành ủy Bắc Kạn (SEEDB). What it
// names of the nation, and what later sources date, has those sources.
var bacKan = []told{
	{words: "vào ngày 23-5-2021", what: "task", area: "VN", key: "election_day/duty", day: "2021-05-23", source: "NQ133"},
	{words: "Chỉ thị số 45-CT/TW ngày 20/6/2020", what: "document", area: "VN", key: "ct_45", day: "2020-06-20", number: "45-CT/TW", source: "CT45"},
	{words: "Chỉ thị số 45-CT/TW ngày 20/6/2020 của Bộ Chính trị", what: "task", area: "VN", key: "politburo_directive_45/duty", day: "2020-06-20", source: "CT45"},
	{words: "Bộ Chính trị", what: "body", area: "VN", key: "vn_politburo"},
	{words: "các văn bản, hướng dẫn của cấp trên", what: "document", area: "06", key: "bk_higher_guidance", day: byTheArticle},
	{words: "Thành ủy", what: "body", area: "058", key: "bk_party_committee", office: "Bí thư Thành ủy"},
	{words: "Ban Chỉ đạo cuộc bầu cử", what: "body", area: "058", key: "bk_steering_committee"},
	{words: "Thành ủy đã thành lập Ban Chỉ đạo", what: "task", area: "058", key: "bk_steering_committee/duty", day: byTheArticle},
	{words: "Kế hoạch số 18-KH/TU ngày 14/01/2021", what: "document", area: "058", key: "bk_plan_18", day: "2021-01-14", number: "18-KH/TU"},
	{words: "Ban hành Kế hoạch số 18-KH/TU", what: "task", area: "058", key: "bk_plan_18/duty", day: "2021-01-14"},
	{words: "phổ biến, quán triệt tuyên truyền chủ trương của Đảng về bầu cử", what: "milestone", area: "058", key: "bk_propaganda"},
	{words: "các hoạt động thi đua chào mừng cuộc bầu cử", what: "milestone", area: "058", key: "bk_emulation"},
	{words: "hội nghị quán triệt triển khai công tác bầu cử", what: "milestone", area: "058", key: "bk_online_conference", day: byTheArticle},
	{words: "chuẩn bị công tác nhân sự", what: "milestone", area: "058", key: "bk_personnel"},
	{words: "việc đảm bảo an ninh trật tự", what: "milestone", area: "058", key: "bk_security"},
	{words: "giải quyết khiếu nại, tố cáo của công dân", what: "milestone", area: "058", key: "bk_complaints"},
	{words: "Ủy ban nhân dân thành phố", what: "body", area: "058", key: "bk_peoples_committee"},
	{words: "Ủy ban bầu cử đại biểu Hội đồng nhân dân thành phố Bắc Kạn khóa VII", what: "body", area: "058", key: "bk_election_committee"},
	{words: "Chỉ đạo Ủy ban nhân dân thành phố thành lập Ủy ban bầu cử", what: "task", area: "058", key: "election_committee_district/ordered", day: byTheArticle},
	{words: "thành lập Ủy ban bầu cử đại biểu HĐND thành phố", what: "document", area: "058", key: "bk_committee_decision", day: "≤2021-03-02"},
	{words: "thành lập Ủy ban bầu cử (xong chậm nhất 2/3/2021)", what: "task", area: "058", key: "election_committee_district/duty", day: "≤2021-03-02", source: "BKC1"},
	{words: "quán triệt, triển khai Nghị quyết Đại hội đại biểu Đảng bộ tỉnh", what: "task", area: "058", key: "bk_online_conference/congress", day: byTheArticle},
	{words: "quán triệt, triển khai … các văn bản về lãnh đạo cuộc bầu cử", what: "task", area: "058", key: "bk_online_conference/elections", day: byTheArticle},
	{words: "Nghị quyết Đại hội đại biểu Đảng bộ tỉnh Bắc Kạn lần thứ XII", what: "document", area: "06", key: "bk_congress_resolution", day: byTheArticle},
	{words: "Đại hội đại biểu Đảng bộ tỉnh Bắc Kạn lần thứ XII", what: "body", area: "06", key: "bk_province_congress"},
	{words: "các văn bản về lãnh đạo cuộc bầu cử", what: "document", area: "058", key: "bk_leadership_texts", day: byTheArticle},
	{words: "thành viên Ban Chỉ đạo … nắm tình hình địa bàn, … đôn đốc các địa phương", what: "milestone", area: "058", key: "bk_area_supervision"},
	{words: "Ban Thường vụ Thành uỷ", what: "body", area: "058", key: "bk_party_standing_board"},
	{words: "Tháng 01/2021 … cho ý kiến về cơ cấu, thành phần và số lượng", what: "task", area: "058", key: "pc_structure_draft_district/party_opinion", day: "≤2021-01-31"},
	{words: "HĐND (thành phố)", what: "body", area: "058", key: "bk_council"},
	{words: "Uỷ ban Mặt trận Tổ quốc Việt Nam thành phố", what: "body", area: "058", key: "bk_front"},
	{words: "giao HĐND, Uỷ ban Mặt trận Tổ quốc Việt Nam thành phố", what: "task", area: "058", key: "consult1_pc_district/assigned", day: "≤2021-01-31"},
	{words: "chuẩn bị các điều kiện để tổ chức hiệp thương lần 1 theo kế hoạch", what: "task", area: "058", key: "consult1_pc_district/prepare"},
	{words: "các xã, phường đã thành lập Ban Chỉ đạo", what: "body", area: bkCommunes, key: "bk_steering_"},
	{words: "các xã, phường đã thành lập Ban Chỉ đạo (việc)", what: "task", area: bkCommunes, key: "bk_commune_steering_committee/duty", day: byTheArticle},
	{words: "ban hành kế hoạch lãnh đạo", what: "task", area: bkCommunes, key: "bk_commune_plan/duty", day: byTheArticle},
	{words: "kế hoạch lãnh đạo (của các xã, phường)", what: "document", area: "058", key: "bk_commune_plans", day: byTheArticle},
	{words: "thành lập Ủy ban bầu cử (xã, phường)", what: "body", area: bkCommunes, key: "bk_committee_"},
	{words: "thành lập Ủy ban bầu cử (xã, phường; việc)", what: "task", area: bkCommunes, key: "election_committee_commune/duty", day: byTheArticle},
	{words: "chuẩn bị về cơ cấu, thành phần người được giới thiệu ứng cử đại biểu HĐND cấp xã", what: "task", area: bkCommunes, key: "pc_structure_draft_commune/prepare"},
	{words: "chuẩn bị các điều kiện để tổ chức hiệp thương lần 1 (xã, phường)", what: "task", area: bkCommunes, key: "consult1_pc_commune/prepare"},
	{words: "Văn phòng Thành ủy Bắc Kạn", what: "body", area: "058", key: "bk_party_office"},
}

func TestEverythingTheTwoArticlesNameIsThere(t *testing.T) {
	t.Parallel()
	c, _ := at(t, "2021", small(), realDay)
	for _, article := range []struct {
		source string
		told   []told
	}{{"SEEDA", haiPhong}, {"SEEDB", bacKan}} {
		for _, x := range article.told {
			for _, code := range strings.Fields(x.area) {
				t.Run(article.source+" "+x.words+" "+code, func(t *testing.T) {
					if x.source == "" {
						x.source = article.source
					}
					x.check(t, c, area.Code(code))
				})
			}
		}
	}
}

// TestNothingOfTheArticlesIsLeftOutOfTheTable goes the other way: what the
// files say to be of an article stands in its table.
func TestNothingOfTheArticlesIsLeftOutOfTheTable(t *testing.T) {
	t.Parallel()
	c, _ := at(t, "2021", small(), realDay)
	named := map[string]bool{}
	for _, x := range slices.Concat(haiPhong, bacKan) {
		milestone, _, _ := strings.Cut(x.key, "/")
		for _, code := range strings.Fields(x.area) {
			named[x.what+" "+x.bodyKey(area.Code(code))] = true
		}
		named["milestone "+milestone] = true
	}
	article := func(source string) bool { return source == "SEEDA" || source == "SEEDB" }
	for key, b := range c.bodies() {
		require.True(t, !article(b.Source) || named["body "+key], key)
	}
	for key, d := range c.documents() {
		require.True(t, !article(d.Source) || named["document "+key], key)
	}
	for _, x := range c.changes {
		if x.After.Task != nil && article(x.After.Task.Source) {
			require.True(t, named["task "+string(x.Milestone.Key)+"/"+string(x.Task)], "%v %s", x.Milestone, x.Task)
		}
	}
	for _, p := range c.plans() {
		for _, l := range p.Lines {
			require.True(t, !article(l.Source) || named["milestone "+string(l.Key)], l.Key)
		}
	}
}

// bodyKey is the key, to which a body that is named for several areas adds its own.
func (x *told) bodyKey(code area.Code) string {
	if strings.HasSuffix(x.key, "_") {
		return x.key + string(code)
	}
	return x.key
}

// marks are the numbers, days, ordinals and places in an article's words.
var marks = regexp.MustCompile(`\d+(?:[-/]\d+)*(?:-[A-ZĐ]+/[A-Z]+)?|\b[IVX]{2,}\b|Hải Phòng|Bắc Kạn`)

// says requires that what the product keeps has every mark of the words.
func (x *told) says(t *testing.T, c *country, code area.Code, texts ...string) {
	t.Helper()
	i, ok := c.opening.Frame.List.Index(code)
	require.True(t, ok)
	texts = append(texts, c.opening.Frame.List.At(i).Name)
	on, by := x.days(t)
	if day := civil.Later(on, by); !day.IsZero() {
		y, m, d := day.Parts()
		for _, form := range []string{"%[3]d/%[2]d", "%[3]d/%[2]d/%[1]d", "%02[3]d/%02[2]d/%[1]d", "%[3]d-%[2]d-%[1]d", "%02[2]d/%[1]d"} {
			texts = append(texts, fmt.Sprintf(form, y, m, d))
		}
	}
	for _, mark := range marks.FindAllString(x.words, -1) {
		require.True(t, slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, mark) }), "%s is not in %q", mark, texts)
	}
}

// title is the Vietnamese title of a rule or of a line of a plan.
func (c *country) title(key string) string {
	if r, err := c.opening.Frame.Rulebook.Rule(statute.RuleKey(key)); err == nil {
		return r.Title.Vi
	}
	return c.line(key).Title.Vi
}

func (x *told) check(t *testing.T, c *country, code area.Code) {
	t.Helper()
	switch x.what {
	case "body":
		b, ok := c.bodies()[x.bodyKey(code)]
		require.True(t, ok)
		require.Equal(t, code, b.Area)
		require.Equal(t, x.source, b.Source)
		require.True(t, strings.HasPrefix(b.HeadOffice, x.office), b.HeadOffice)
		x.says(t, c, code, b.Name.Vi)
	case "document":
		d, ok := c.documents()[x.key]
		require.True(t, ok)
		require.Equal(t, code, d.Area)
		require.Equal(t, x.source, d.Source)
		require.Equal(t, x.number, d.Number)
		on, by := x.days(t)
		require.Equal(t, on, d.IssuedOn)
		require.Equal(t, civil.Later(on, by), d.KnownBy)
		x.says(t, c, code, d.Title.Vi, d.Number)
	case "milestone":
		r := c.record(code, x.key)
		on, by := x.days(t)
		require.Equal(t, on, r.Milestone.DoneOn)
		require.Equal(t, by, r.Milestone.DoneBy)
		require.Equal(t, x.source, c.line(x.key).Source)
		x.says(t, c, code, c.title(x.key))
	case "task":
		name, key, _ := strings.Cut(x.key, "/")
		task := c.task(code, name, key)
		on, by := x.days(t)
		require.Equal(t, on, task.DoneOn)
		require.Equal(t, by, task.DoneBy)
		require.Equal(t, x.day != "", task.Status == tracker.Done)
		if task.Source == "" { // nothing is told of it but that it is in the plan
			task.Source = c.line(name).Source
		}
		require.Equal(t, x.source, task.Source)
		x.says(t, c, code, c.title(name), task.Title.Vi)
	default:
		t.Fatalf("%q is nothing that an article names", x.what)
	}
}

func (x *told) days(t *testing.T) (on, by civil.Date) {
	t.Helper()
	if x.day == "" {
		return on, by
	}
	text, unknown := strings.CutPrefix(x.day, "≤")
	day, err := civil.Parse(text)
	require.NoError(t, err)
	if unknown {
		return on, day
	}
	return day, by
}

// line finds a line of a local plan.
func (c *country) line(key string) tracker.PlanLine {
	c.t.Helper()
	for _, p := range c.plans() {
		for _, l := range p.Lines {
			if l.Key == tracker.MilestoneKey(key) {
				return l
			}
		}
	}
	require.Failf(c.t, "no line", "no plan has a line %s", key)
	return tracker.PlanLine{}
}
