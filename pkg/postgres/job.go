package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"tiendo/pkg/notify/webhook"
)

// enqueue inserts the jobs that send messages, with the messages.
func (s *Store) enqueue(ctx context.Context, tx pgx.Tx, all []webhook.Delivery) error {
	inserter, err := s.inserter()
	if err != nil {
		return err
	}
	opts := river.InsertOpts{Queue: webhook.Queue}
	var params []river.InsertManyParams
	for i := range all {
		params = append(params, river.InsertManyParams{Args: webhook.Sending{Webhook: all[i].Webhook, Delivery: all[i].ID}, InsertOpts: &opts})
	}
	_, err = inserter.InsertManyTx(ctx, tx, params)
	return err
}
