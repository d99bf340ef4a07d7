package tracker

import (
	"time"

	"tiendo/pkg/fault"
)

// IdempotencyKey names a request, so that it is carried out once however often it
// is sent. Keys are each account's own.
type IdempotencyKey struct {
	Account string
	Key     string // 1 to 255 visible ASCII characters
}

// Claim is one try at carrying out such a request. An act that is done for a claim
// is committed with it, in one transaction, and only as long as no other try has
// taken over: so of all tries one at most is committed. The zero Claim: none.
type Claim struct {
	IdempotencyKey
	Mark [16]byte // another one with every try
}

// IsZero says that an act is done for no such request.
func (c Claim) IsZero() bool { return c == Claim{} }

// Answered is what was answered to a request, in the words of whoever answers.
type Answered struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// keyWait is when it may be asked again what came of a request.
const keyWait = 2 * time.Second

// KeyInUse is the fault of a request whose key another one holds, which is still
// being carried out.
func KeyInUse() error {
	f := fault.New(fault.Conflict, "idempotency-key-in-use",
		"Yêu cầu với khóa Idempotency-Key này đang được thực hiện; sau ít giây gửi lại y như cũ để nhận kết quả",
		"The request with this Idempotency-Key is still being carried out; send it again as it is in a few seconds for what came of it").At(":Idempotency-Key")
	f.Wait = keyWait
	return f
}

// KeyReused is the fault of another request with a key that is used already.
func KeyReused() error {
	return fault.New(fault.Invalid, "idempotency-key-reused",
		"Khóa Idempotency-Key này đã dùng cho một yêu cầu khác (khác địa chỉ, nội dung hoặc phạm vi mã truy cập); dùng khóa mới cho mỗi việc mới",
		"This Idempotency-Key was used for another request (another address, body or scope of token); use a new key for each new thing").At(":Idempotency-Key")
}

// AnswerLost is the fault of a request that was carried out, at a revision of the
// election's log, and whose answer nobody has any more.
func AnswerLost(at Revision) error {
	return fault.New(fault.Conflict, "idempotency-answer-lost",
		"Yêu cầu này đã được thực hiện (lần ghi %d trong nhật ký) nhưng máy chủ dừng trước khi trả lời; xem lại hiện trạng, đừng gửi lại",
		"This request was carried out (revision %d of the log), but the server stopped before it had answered; look at how things stand, do not do it again", at).At(":Idempotency-Key")
}
