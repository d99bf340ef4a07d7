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
	"edition_pk":                       exists("Danh sách đơn vị này đã có", "This list of places is there already"),
	"edition_id_form":                  form("Mã danh sách chỉ gồm chữ thường, số, - và _", "An edition's id has only small letters, digits, - and _"),
	"edition_sum_is_sha256":            form("Tổng kiểm của danh sách phải là SHA-256", "The sum of the list has to be a SHA-256"),
	"area_pk":                          exists("Mã đơn vị bị lặp trong danh sách", "The code of a place stands twice in the list"),
	"area_position_once":               exists("Vị trí đơn vị bị lặp trong danh sách", "The position of a place stands twice in the list"),
	"area_edition_exists":              missing("Chưa có danh sách đơn vị này", "There is no such list of places"),
	"area_parent_exists":               missing("Đơn vị cấp trên không có trong danh sách", "The place above is not in the list"),
	"area_level_known":                 form("Cấp đơn vị không hợp lệ", "The level of the place is not known"),
	"election_pk":                      exists("Cuộc bầu cử này đã mở", "This election is open already"),
	"election_id_form":                 form("Mã bầu cử chỉ gồm chữ thường, số, - và _", "An election's id has only small letters, digits, - and _"),
	"election_edition_exists":          missing("Chưa có danh sách đơn vị của cuộc bầu cử", "The election's list of places is not there"),
	"election_state_known":             form("Trạng thái bầu cử không hợp lệ", "The state of the election is not known"),
	"log_head_pk":                      exists("Nhật ký của cuộc bầu cử đã có", "The election's log is there already"),
	"log_head_election_exists":         missing("Không có cuộc bầu cử này", "There is no such election"),
	"area_exception_pk":                exists("Ngoại lệ của đơn vị bị lặp", "The exception of a place stands twice"),
	"source_pk":                        exists("Khóa nguồn bị lặp", "The key of a source stands twice"),
	"body_pk":                          exists("Đã có cơ quan với khóa này", "There is a body with this key"),
	"body_set_up_by_exists":            missing("Văn bản thành lập cơ quan chưa được nhập", "The document that set the body up has not been entered"),
	"document_pk":                      exists("Đã có văn bản với khóa này", "There is a document with this key"),
	"document_issuer_exists":           missing("Cơ quan ban hành chưa được nhập", "The body that issued the document has not been entered"),
	"document_known_once_issued":       form("Văn bản không thể được biết trước ngày ban hành", "A document cannot be known before it was issued"),
	"plan_pk":                          exists("Đã có kế hoạch với khóa này", "There is a plan with this key"),
	"plan_withdrawal_says_why":         form("Rút kế hoạch thì cần lý do", "Withdrawing a plan needs a reason"),
	"plan_line_pk":                     exists("Khóa dòng kế hoạch đã được dùng trong cuộc bầu cử này", "The key of the plan's line is used in this election already"),
	"plan_line_plan_exists":            missing("Không có kế hoạch này", "There is no such plan"),
	"plan_line_days_in_order":          form("Ngày cuối sớm hơn ngày đầu", "The last day is before the first"),
	"plan_line_nature_known":           form("Loại mốc không hợp lệ cho kế hoạch địa phương", "The nature is not one that a local plan can have"),
	"statement_pk":                     exists("Đã có ghi nhận với khóa này", "There is a statement with this key"),
	"voting_day_pk":                    exists("Đơn vị đã có ngày bỏ phiếu riêng", "The place has a voting day of its own already"),
	"voting_day_opens_lawfully":        form("Giờ mở cửa bỏ phiếu phải từ 05:00 đến 21:00 (Điều 71)", "Polls open between 05:00 and 21:00 (Article 71)"),
	"voting_day_confidence_known":      form("Mức tin cậy không hợp lệ", "The confidence is not known"),
	"milestone_pk":                     exists("Mốc này đã có", "This milestone is there already"),
	"milestone_work_known":             form("Trạng thái mốc không hợp lệ", "The state of the milestone is not known"),
	"milestone_standing_known":         form("Tình trạng xác nhận không hợp lệ", "The standing of the milestone is not known"),
	"milestone_day_only_when_done":     form("Chỉ mốc đã xong mới có ngày hoàn thành", "Only a milestone that is done has a day"),
	"milestone_one_done_day":           form("Chỉ một trong hai: ngày hoàn thành hoặc ngày chậm nhất", "One of the two: the day done, or the last day it can have been"),
	"task_pk":                          exists("Việc này đã có", "This task is there already"),
	"task_milestone_exists":            missing("Không có mốc này", "There is no such milestone"),
	"task_status_known":                form("Trạng thái việc không hợp lệ", "The status of the task is not known"),
	"task_done_has_a_day":              form("Việc đã xong phải có ngày; việc chưa xong thì không", "A task that is done has a day, one that is not has none"),
	"task_one_done_day":                form("Chỉ một trong hai: ngày hoàn thành hoặc ngày chậm nhất", "One of the two: the day done, or the last day it can have been"),
	"task_reason_given":                form("Trạng thái này cần lý do", "This status needs a reason"),
	"note_pk":                          exists("Ghi chú này đã có", "This note is there already"),
	"note_milestone_exists":            missing("Không có mốc này", "There is no such milestone"),
	"note_says_something":              form("Ghi chú chưa có chữ nào", "The note says nothing"),
	"note_revision_not_earlier":        form("Lần sửa ghi chú không thể trước khi viết", "A note cannot be changed before it was written"),
	"rulebook_pk":                      exists("Phiên bản bộ quy tắc này đã được lưu", "This version of the rulebook is kept already"),
	"rulebook_version_form":            form("Phiên bản phải có dạng mã bộ quy tắc, dấu chấm, số (2015.1)", "A version is the rulebook's id, a full stop and a number (2015.1)"),
	"rulebook_digest_form":             form("Mã băm của tệp không hợp lệ", "The digest of the file is not of its form"),
	"change_pk":                        fault.New(fault.Conflict, "log-moved", "Nhật ký vừa có thay đổi khác; hãy thử lại", "The log has just moved on; try again"),
	"change_revision_positive":         form("Số thứ tự nhật ký phải từ 1", "Revisions count from 1"),
	"change_cause_not_later":           form("Nguyên nhân không thể đến sau", "A cause cannot come later"),
	"change_tag_form":                  form("Thẻ của lần ghi chỉ gồm 1–64 chữ không dấu, số, dấu chấm, gạch dưới, gạch nối", "A tag is 1 to 64 letters, digits, full stops, low lines or hyphens"),
	"reminder_pk":                      exists("Cài đặt nhắc việc này đã có", "These reminders are there already"),
	"reminder_account_exists":          missing("Không có tài khoản này", "There is no such account"),
	"reminder_address_form":            form("Địa chỉ thư không hợp lệ", "This is no mail address"),
	"reminder_confirmed_is_an_address": form("Chỉ xác nhận được khi có địa chỉ thư", "Only an address can be confirmed"),
	"reminder_secret_once":             exists("Đường dẫn tắt thư này đã có", "This link is there already"),
	"reminder_code_whole":              form("Mã xác nhận phải có hạn dùng", "A code has an end"),
	"reminder_look_whole":              form("Lần nhắc cuối phải có cả thời điểm và vị trí nhật ký", "The last digest has a time and revisions"),
	"notice_pk":                        exists("Thư này đã có", "This message is there already"),
	"notice_account_exists":            missing("Không có tài khoản này", "There is no such account"),
	"notice_once":                      exists("Việc này đã được báo cho người này", "This person has been told of it already"),
	"notice_kind_form":                 form("Loại thư không hợp lệ", "The kind of message is not known"),
	"notice_state_known":               form("Tình trạng thư không hợp lệ", "The state of the message is not known"),
	"notice_sent_has_a_time":           form("Thư đã gửi phải có thời điểm gửi", "A message that was sent says when"),
	"notice_clock_pk":                  exists("Đồng hồ nhắc việc chỉ có một", "There is one clock of reminders"),
	"notice_clock_is_one":              form("Đồng hồ nhắc việc chỉ có một", "There is one clock of reminders only"),

	"change_append_only": fault.New(fault.Forbidden, "log-append-only", "Nhật ký chỉ được thêm, không sửa, không xóa", "The log is append-only: nothing in it is changed or deleted"),

	"pump_cursor_pk":                    exists("Người nhận đã có vị trí đọc trong nhật ký này", "The consumer has a cursor in this log already"),
	"pump_cursor_election_exists":       missing("Không có cuộc bầu cử này", "There is no such election"),
	"pump_cursor_revision_not_negative": form("Vị trí đọc nhật ký không thể âm", "A cursor cannot be negative"),
	"webhook_pk":                        exists("Webhook này đã có", "This webhook is there already"),
	"webhook_election_exists":           missing("Không có cuộc bầu cử này", "There is no such election"),
	"webhook_maker_exists":              missing("Không có tài khoản tạo webhook", "There is no account that makes the webhook"),
	"webhook_url_form":                  form("Địa chỉ nhận phải là URL https", "The endpoint has to be an https URL"),
	"webhook_off_known":                 form("Lý do tắt webhook không hợp lệ", "Why the webhook is off is not known"),
	"webhook_off_has_a_time":            form("Webhook đang tắt phải có thời điểm tắt", "A webhook that is off says since when"),
	"webhook_secret_pk":                 fault.New(fault.Conflict, "webhook-rotated-just-now", "Khóa của webhook vừa được đổi; hãy thử lại", "The secret of the webhook has just been rotated; try again"),
	"webhook_secret_webhook_exists":     missing("Không có webhook này", "There is no such webhook"),
	"webhook_secret_form":               form("Khóa của webhook phải bắt đầu bằng whsec_", "The secret of a webhook begins with whsec_"),
	"webhook_delivery_pk":               exists("Lần gửi này đã có", "This delivery is there already"),
	"webhook_delivery_once":             exists("Việc này đã được báo cho webhook", "The webhook has been told of this act already"),
	"webhook_delivery_webhook_exists":   missing("Không có webhook này", "There is no such webhook"),
	"webhook_delivery_state_known":      form("Tình trạng gửi không hợp lệ", "The state of the delivery is not known"),
	"webhook_delivery_waits_for_a_time": form("Chỉ lần gửi đang chờ mới có giờ gửi tiếp theo", "Only a delivery that waits has a time at which it is tried next"),
	"webhook_delivery_body_short":       form("Nội dung gửi phải dưới 20 kB", "A message has less than 20 kB"),
	"webhook_attempt_pk":                exists("Lần thử này đã có", "This attempt is there already"),
	"webhook_attempt_delivery_exists":   missing("Không có lần gửi này", "There is no such delivery"),
	"webhook_attempt_outcome_known":     form("Kết quả lần thử không hợp lệ", "The outcome of the attempt is not known"),

	"task_evidence_only_when_begun":        form("Chỉ việc đã xong, hoặc đã báo cáo rồi bị trả lại, mới có bằng chứng", "Only a task that is done, or was and was returned, carries evidence"),
	"plan_line_withdrawal_says_why":        form("Bỏ dòng kế hoạch thì cần lý do", "Taking a line out of a plan needs a reason"),
	"plan_withdrawal_document_exists":      missing("Văn bản rút kế hoạch chưa được nhập", "The document that withdraws the plan has not been entered"),
	"plan_line_withdrawal_document_exists": missing("Văn bản bỏ dòng kế hoạch chưa được nhập", "The document that takes the line out has not been entered"),

	"area_only_nation_has_no_parent": form("Chỉ cả nước không có cấp trên", "Only the nation has nothing above it"),
	"area_exception_election_exists": missing("Không có cuộc bầu cử này", "There is no such election"),
	"source_election_exists":         missing("Không có cuộc bầu cử này", "There is no such election"),
	"body_election_exists":           missing("Không có cuộc bầu cử này", "There is no such election"),
	"document_election_exists":       missing("Không có cuộc bầu cử này", "There is no such election"),
	"plan_election_exists":           missing("Không có cuộc bầu cử này", "There is no such election"),
	"statement_election_exists":      missing("Không có cuộc bầu cử này", "There is no such election"),
	"voting_day_election_exists":     missing("Không có cuộc bầu cử này", "There is no such election"),
	"milestone_election_exists":      missing("Không có cuộc bầu cử này", "There is no such election"),
	"change_election_exists":         missing("Không có cuộc bầu cử này", "There is no such election"),

	"idempotency_key_pk":                    exists("Khóa lặp này đã dùng", "This idempotency key is used already"),
	"idempotency_key_account_exists":        missing("Không có tài khoản này", "There is no such account"),
	"idempotency_key_form":                  form("Khóa lặp gồm 1–255 ký tự ASCII nhìn thấy được", "An idempotency key is 1 to 255 visible ASCII characters"),
	"idempotency_key_fingerprint_is_sha256": form("Dấu của yêu cầu phải là SHA-256", "The fingerprint of a request has to be a SHA-256"),
	"idempotency_key_answer_is_whole":       form("Câu trả lời phải đủ trạng thái, tiêu đề và nội dung", "An answer has a status, headers and a body, or none of them"),

	"access_head_pk":                 exists("Nhật ký tài khoản đã có", "The log of accounts is there already"),
	"access_head_is_one":             form("Chỉ có một nhật ký tài khoản", "There is one log of accounts"),
	"account_pk":                     exists("Đã có tài khoản với tên đăng nhập này", "There is an account with this user name"),
	"account_id_form":                form("Tên đăng nhập không đúng dạng", "The user name is not of its form"),
	"account_name_given":             form("Cần họ và tên", "The full name is needed"),
	"account_language_known":         form("Ngôn ngữ là vi hoặc en", "The language is vi or en"),
	"account_password_is_hashed":     form("Mật khẩu chỉ được lưu dưới dạng băm argon2id", "A password is kept as an argon2id hash only"),
	"access_grant_once":              exists("Tài khoản đã có vai trò ở đơn vị này", "The account holds a role in this place already"),
	"access_grant_account_exists":    missing("Không có tài khoản này", "There is no such account"),
	"access_grant_area_exists":       missing("Đơn vị của vai trò đã giao không có trong danh mục; danh mục mới phải còn đơn vị ấy, hoặc thu vai trò trước", "The place of a role that was granted is not in the list; a new list has to have it, or take the role away first"),
	"access_grant_role_known":        form("Không có vai trò này", "There is no such role"),
	"session_pk":                     exists("Phiên đăng nhập này đã có", "This session is there already"),
	"session_digest_is_sha256":       form("Dấu của phiên đăng nhập phải là SHA-256", "The digest of a session has to be a SHA-256"),
	"session_account_exists":         missing("Không có tài khoản này", "There is no such account"),
	"api_token_pk":                   exists("Mã truy cập này đã có", "This token is there already"),
	"api_token_digest_once":          exists("Dấu của mã truy cập bị lặp", "The digest of a token stands twice"),
	"api_token_digest_is_sha256":     form("Dấu của mã truy cập phải là SHA-256", "The digest of a token has to be a SHA-256"),
	"api_token_account_exists":       missing("Không có tài khoản này", "There is no such account"),
	"api_token_area_exists":          missing("Đơn vị của một mã truy cập không có trong danh mục; danh mục mới phải còn đơn vị ấy", "The place of a token is not in the list; a new list has to have it"),
	"api_token_access_known":         form("Mã truy cập chỉ được đọc (read) hoặc đọc và ghi (write)", "A token may read or write"),
	"api_token_name_given":           form("Mã truy cập cần một tên", "A token needs a name"),
	"client_health_pk":               exists("Tình trạng của mã truy cập này đã có", "The health of this token is there already"),
	"client_health_token_exists":     missing("Không có mã truy cập này", "There is no such token"),
	"client_health_failure_is_whole": form("Lần hỏng gần nhất phải có thời điểm và mã trạng thái", "A failure has a time and a status"),
	"client_hour_pk":                 exists("Giờ này của mã truy cập đã được đếm", "This hour of the token is counted already"),
	"client_hour_token_exists":       missing("Không có mã truy cập này", "There is no such token"),
	"client_hour_counts":             form("Số đếm không thể âm", "Counts cannot be below zero"),
	"setup_link_pk":                  exists("Tài khoản đã có đường dẫn thiết lập", "The account has a set-up link already"),
	"setup_link_digest_once":         exists("Dấu của đường dẫn thiết lập bị lặp", "The digest of a set-up link stands twice"),
	"setup_link_digest_is_sha256":    form("Dấu của đường dẫn thiết lập phải là SHA-256", "The digest of a set-up link has to be a SHA-256"),
	"setup_link_account_exists":      missing("Không có tài khoản này", "There is no such account"),
	"sign_in_attempt_pk":             exists("Lần thử đăng nhập này đã được đếm", "This attempt to sign in is counted already"),
	"sign_in_attempt_counts":         form("Số lần thử sai không thể âm", "Wrong attempts cannot be fewer than none"),
	"access_event_pk":                fault.New(fault.Conflict, "log-moved", "Nhật ký vừa có thay đổi khác; hãy thử lại", "The log has just moved on; try again"),
	"access_event_revision_positive": form("Số thứ tự nhật ký phải từ 1", "Revisions count from 1"),
	"access_event_append_only":       fault.New(fault.Forbidden, "log-append-only", "Nhật ký chỉ được thêm, không sửa, không xóa", "The log is append-only: nothing in it is changed or deleted"),

	"calendar_address_pk":               exists("Địa chỉ lịch này đã có", "This address of a calendar is there already"),
	"calendar_address_digest_once":      exists("Dấu của địa chỉ lịch bị lặp", "The digest of a calendar's address stands twice"),
	"calendar_address_digest_is_sha256": form("Dấu của địa chỉ lịch phải là SHA-256", "The digest of a calendar's address has to be a SHA-256"),
	"calendar_address_account_exists":   missing("Không có tài khoản này", "There is no such account"),
	"calendar_address_election_exists":  missing("Không có cuộc bầu cử này", "There is no such election"),
	"calendar_address_area_exists":      missing("Đơn vị của một địa chỉ lịch không có trong danh mục; danh mục mới phải còn đơn vị ấy", "The place of a calendar's address is not in the list; a new list has to have it"),
	"calendar_address_language_known":   form("Ngôn ngữ là vi hoặc en", "The language is vi or en"),
	"calendar_address_name_given":       form("Địa chỉ lịch cần một tên", "A calendar's address needs a name"),

	"access_grant_nation_in_every_edition":     form("Vai trò của cả nước không thuộc danh mục nào, vai trò của đơn vị thì có", "A role in the nation belongs to no edition, one in a place does"),
	"access_grant_administrator_of_the_nation": form("Quyền quản trị chỉ có cho cả nước (VN)", "An administrator is one of the whole country (VN)"),
	"calendar_address_nation_in_every_edition": form("Lịch của cả nước không thuộc danh mục nào, của đơn vị thì có", "A calendar of the nation belongs to no edition, one of a place does"),
	"api_token_nation_in_every_edition":        form("Mã truy cập của cả nước không thuộc danh mục nào, của đơn vị thì có", "A token for the nation belongs to no edition, one for a place does"),
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
				"Có ký tự không lưu được; chỉ dùng chữ thường", "Has characters that cannot be kept; use plain text").Because(err)
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
		"Cơ sở dữ liệu tạm thời không trả lời; sau ít giây hãy xem lại hiện trạng rồi mới thử lại",
		"The database does not answer just now; in a few seconds look at how things stand, then try again").Because(cause)
}
