package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"

	"tiendo/pkg/fault"
)

// A token is what a client brings back to go on where a page ended. It holds
// nothing that is secret and nothing that gives a right; it is opaque so that
// what is in it can change. It belongs to a filter, which is whatever else the
// answer depends on, and says itself whether it came over unharmed:
//
//	6 bytes of the hash of all that follows, 6 of that of the filter, the contents
const tokenSum = 6

func sumOf(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:tokenSum]
}

// sealToken writes a token that belongs to a filter.
func sealToken(filter string, contents any) (string, error) {
	inside, err := marshal(contents)
	if err != nil {
		return "", err
	}
	body := append(sumOf([]byte(filter)), inside...)
	return base64.RawURLEncoding.EncodeToString(append(sumOf(body), body...)), nil
}

// openToken reads a token. It fails with fault.Invalid, as status 400:
// "token-unreadable" for what sealToken did not write, "token-filter-mismatch"
// for a token of another filter.
func openToken(text, filter string, contents any) error {
	all, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(all) < 2*tokenSum || !slices.Equal(all[:tokenSum], sumOf(all[tokenSum:])) {
		return tokenUnreadable()
	}
	if !slices.Equal(all[tokenSum:2*tokenSum], sumOf([]byte(filter))) {
		return unreadable(fault.New(fault.Invalid, "token-filter-mismatch",
			"Mã nối trang trong tham số after thuộc về một bộ lọc khác; giữ nguyên các tham số của trang đầu, hoặc bỏ after để đọc lại từ trang đầu",
			"The token in after belongs to another filter; keep the parameters of the first page, or leave after out and begin again").At("?after"))
	}
	if json.Unmarshal(all[2*tokenSum:], contents) != nil {
		return tokenUnreadable() // an older release wrote it
	}
	return nil
}

func tokenUnreadable() error {
	return unreadable(fault.New(fault.Invalid, "token-unreadable",
		"Không đọc được mã nối trang trong tham số after; dùng nguyên địa chỉ next của trang trước, hoặc bỏ after để đọc lại từ trang đầu",
		"The token in after cannot be read; use the next address of the page before as it is, or leave after out and begin again").At("?after"))
}
