package postgres

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"tiendo/pkg/fault"
)

// constraintFaults says, for every named constraint of the schema, what a
// person can do about it. A test holds it and the schema together.
var constraintFaults = map[string]*fault.Error{
	"edition_pk":                   exists("danh sách đơn vị này đã có", "this list of places is there already"),
	"edition_id_form":              form("mã danh sách chỉ gồm chữ thường, số, - và _", "an edition's id has only small letters, digits, - and _"),
	"area_pk":                      exists("mã đơn vị bị lặp trong danh sách", "the code of a place stands twice in the list"),
	"area_position_once":           exists("vị trí đơn vị bị lặp trong danh sách", "the position of a place stands twice in the list"),
	"area_edition_exists":          missing("chưa có danh sách đơn vị này", "there is no such list of places"),
	"area_parent_exists":           missing("đơn vị cấp trên không có trong danh sách", "the place above is not in the list"),
	"area_level_known":             form("cấp đơn vị không hợp lệ", "the level of the place is not known"),
	"election_pk":                  exists("cuộc bầu cử này đã mở", "this election is open already"),
	"election_id_form":             form("mã bầu cử chỉ gồm chữ thường, số, - và _", "an election's id has only small letters, digits, - and _"),
	"election_edition_exists":      missing("chưa có danh sách đơn vị của cuộc bầu cử", "the election's list of places is not there"),
	"election_state_known":         form("trạng thái bầu cử không hợp lệ", "the state of the election is not known"),
	"log_head_pk":                  exists("nhật ký của cuộc bầu cử đã có", "the election's log is there already"),
	"log_head_election_exists":     missing("không có cuộc bầu cử này", "there is no such election"),
	"area_exception_pk":            exists("ngoại lệ của đơn vị bị lặp", "the exception of a place stands twice"),
	"source_pk":                    exists("khóa nguồn bị lặp", "the key of a source stands twice"),
	"body_pk":                      exists("đã có cơ quan với khóa này", "there is a body with this key"),
	"body_set_up_by_exists":        missing("văn bản thành lập cơ quan chưa được nhập", "the document that set the body up has not been entered"),
	"document_pk":                  exists("đã có văn bản với khóa này", "there is a document with this key"),
	"document_issuer_exists":       missing("cơ quan ban hành chưa được nhập", "the body that issued the document has not been entered"),
	"document_known_once_issued":   form("văn bản không thể được biết trước ngày ban hành", "a document cannot be known before it was issued"),
	"plan_pk":                      exists("đã có kế hoạch với khóa này", "there is a plan with this key"),
	"plan_line_pk":                 exists("khóa dòng kế hoạch đã được dùng trong cuộc bầu cử này", "the key of the plan's line is used in this election already"),
	"plan_line_plan_exists":        missing("không có kế hoạch này", "there is no such plan"),
	"plan_line_days_in_order":      form("ngày cuối sớm hơn ngày đầu", "the last day is before the first"),
	"plan_line_nature_known":       form("loại mốc không hợp lệ cho kế hoạch địa phương", "the nature is not one that a local plan can have"),
	"statement_pk":                 exists("đã có ghi nhận với khóa này", "there is a statement with this key"),
	"voting_day_pk":                exists("đơn vị đã có ngày bỏ phiếu riêng", "the place has a voting day of its own already"),
	"voting_day_opens_lawfully":    form("giờ mở cửa bỏ phiếu phải từ 05:00 đến 21:00 (Điều 71)", "polls open between 05:00 and 21:00 (Article 71)"),
	"voting_day_confidence_known":  form("mức tin cậy không hợp lệ", "the confidence is not known"),
	"milestone_pk":                 exists("mốc này đã có", "this milestone is there already"),
	"milestone_work_known":         form("trạng thái mốc không hợp lệ", "the state of the milestone is not known"),
	"milestone_standing_known":     form("tình trạng xác nhận không hợp lệ", "the standing of the milestone is not known"),
	"milestone_day_only_when_done": form("chỉ mốc đã xong mới có ngày hoàn thành", "only a milestone that is done has a day"),
	"milestone_one_done_day":       form("chỉ một trong hai: ngày hoàn thành hoặc ngày chậm nhất", "one of the two: the day done, or the last day it can have been"),
	"task_pk":                      exists("việc này đã có", "this task is there already"),
	"task_milestone_exists":        missing("không có mốc này", "there is no such milestone"),
	"task_status_known":            form("trạng thái việc không hợp lệ", "the status of the task is not known"),
	"task_done_has_a_day":          form("việc đã xong phải có ngày; việc chưa xong thì không", "a task that is done has a day, one that is not has none"),
	"task_one_done_day":            form("chỉ một trong hai: ngày hoàn thành hoặc ngày chậm nhất", "one of the two: the day done, or the last day it can have been"),
	"task_evidence_only_when_done": form("chỉ việc đã xong mới có bằng chứng", "only a task that is done carries evidence"),
	"task_reason_given":            form("trạng thái này cần lý do", "this status needs a reason"),
	"change_pk":                    fault.New(fault.Conflict, "log-moved", "nhật ký vừa có thay đổi khác; hãy thử lại", "the log has just moved on; try again"),
	"change_revision_positive":     form("số thứ tự nhật ký phải từ 1", "revisions count from 1"),
	"change_cause_not_later":       form("nguyên nhân không thể đến sau", "a cause cannot come later"),
	"change_append_only":           fault.New(fault.Forbidden, "log-append-only", "nhật ký chỉ được thêm, không sửa, không xóa", "the log is append-only: nothing in it is changed or deleted"),

	"area_only_nation_has_no_parent": form("chỉ cả nước không có cấp trên", "only the nation has nothing above it"),
	"area_exception_election_exists": missing("không có cuộc bầu cử này", "there is no such election"),
	"source_election_exists":         missing("không có cuộc bầu cử này", "there is no such election"),
	"body_election_exists":           missing("không có cuộc bầu cử này", "there is no such election"),
	"document_election_exists":       missing("không có cuộc bầu cử này", "there is no such election"),
	"plan_election_exists":           missing("không có cuộc bầu cử này", "there is no such election"),
	"statement_election_exists":      missing("không có cuộc bầu cử này", "there is no such election"),
	"voting_day_election_exists":     missing("không có cuộc bầu cử này", "there is no such election"),
	"milestone_election_exists":      missing("không có cuộc bầu cử này", "there is no such election"),
	"change_election_exists":         missing("không có cuộc bầu cử này", "there is no such election"),
}

func exists(vi, en string) *fault.Error { return fault.New(fault.Conflict, "exists-already", vi, en) }

func missing(vi, en string) *fault.Error {
	return fault.New(fault.Conflict, "reference-missing", vi, en)
}
func form(vi, en string) *fault.Error { return fault.New(fault.Invalid, "form-refused", vi, en) }

// mapped turns what the database says into a fault: a named constraint into
// its sentence, a lost connection into "not now". Faults pass as they are.
func mapped(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok || errors.Is(err, context.Canceled) {
		return err
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		if f, ok := constraintFaults[refused.ConstraintName]; ok {
			known := *f
			return known.Because(err)
		}
		switch {
		case away(refused.Code):
			return unavailable(err)
		case refused.Code == "22021": // no UTF-8, or the character 0, which PostgreSQL cannot keep
			return fault.New(fault.Invalid, "text-not-plain",
				"có ký tự không lưu được; chỉ dùng chữ thường", "has characters that cannot be kept; use plain text").Because(err)
		}
		return err
	}
	var network net.Error
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || pgconn.SafeToRetry(err) ||
		errors.Is(err, puddle.ErrClosedPool) {
		return unavailable(err)
	}
	return err
}

// away: the server is shutting down, starting, out of connections, or gave up
// one of two transactions that waited for each other (SQLSTATE classes 08, 53,
// 57P, 40).
func away(code string) bool {
	switch code {
	case "57P01", "57P02", "57P03", "40001", "40P01", "55P03":
		return true
	}
	return len(code) == 5 && (code[:2] == "08" || code[:2] == "53")
}

func unavailable(cause error) error {
	return fault.New(fault.Unavailable, "database-unavailable",
		"cơ sở dữ liệu tạm thời không trả lời; sau ít giây hãy xem lại hiện trạng rồi mới thử lại",
		"the database does not answer just now; in a few seconds look at how things stand, then try again").Because(cause)
}
