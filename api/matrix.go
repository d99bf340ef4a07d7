package api

import (
	"context"

	"tiendo/pkg/fault"
)

// GetMatrix implements GET …/areas/{area}/matrix.
func (s *Server) GetMatrix(_ context.Context, _ GetMatrixRequestObject) (GetMatrixResponseObject, error) {
	return nil, fault.New(fault.Unavailable, "not-ready", "chưa có bảng tổng hợp", "there is no matrix yet")
}
