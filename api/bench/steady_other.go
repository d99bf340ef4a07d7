//go:build !linux

package main

import (
	"context"
	"errors"
)

// runSteady needs timers and polling as only Linux has them.
func runSteady(context.Context, steadyOrders) (steadyResult, error) {
	return steadyResult{}, errors.New("a constant rate is measured on Linux only")
}
