package main

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/audit"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/pgtest"
)

// tampers does to the database what the program would never do.
func (o *operator) tampers(statements ...string) {
	o.t.Helper()
	require.NoError(o.t, o.c.with(o.t.Context(), func(d *database) error {
		for _, s := range statements {
			if err := pgtest.Exec(d.pool, "log", s); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (a *acts) verifies(command auditVerifyCommand) ([]verified, error) {
	a.t.Helper()
	command.JSON = true
	said, err := a.run(command)
	var all []verified
	if said != "" {
		require.NoError(a.t, json.Unmarshal([]byte(said), &all))
	}
	return all, err
}

func TestAuditProvesEveryLogAndListsTheHashesOfItsDays(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	all, err := a.verifies(auditVerifyCommand{})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, accounts, all[0].Log)
	require.Equal(t, "2021", all[1].Log)
	require.Nil(t, all[1].Finding)

	said, err := a.run(auditHeadsCommand{Log: "2021", JSON: true})
	require.NoError(t, err)
	var days []dayHead
	require.NoError(t, json.Unmarshal([]byte(said), &days))
	require.Equal(t, all[1].Hash, days[len(days)-1].Hash)

	said, err = a.run(auditVerifyCommand{})
	require.NoError(t, err)
	require.Contains(t, said, all[1].Hash)
}

func TestAuditFailsAndNamesTheFirstBentRow(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	a.tampers("ALTER TABLE change DISABLE TRIGGER USER", "UPDATE change SET actor_name = 'Ai đó' WHERE revision = 3")
	all, err := a.verifies(auditVerifyCommand{Log: []string{"2021"}})
	require.True(t, fault.Is(err, "log-not-proved"), err)
	require.Equal(t, int64(3), all[0].Finding.Revision)
	require.Equal(t, audit.Bent, all[0].Finding.Flaw)
	require.ErrorContains(t, err, "3")
}

func TestAuditHoldsTheTablesAgainstTheLog(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	a.tampers("UPDATE milestone SET work = 'done', done_on = '2021-01-20', standing = 'confirmed' WHERE area_code = '01840' AND key = 'voter_list_posted'")
	all, err := a.verifies(auditVerifyCommand{})
	require.True(t, fault.Is(err, "log-not-proved"), err)
	require.Equal(t, audit.NotByLog, all[1].Finding.Flaw)
	require.Equal(t, "01840", all[1].Finding.Area)
	require.Equal(t, "voter_list_posted", all[1].Finding.Milestone)
}

func TestAuditTakesHashesFromReports(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	all, err := a.verifies(auditVerifyCommand{Log: []string{"2021"}})
	require.NoError(t, err)
	_, err = a.verifies(auditVerifyCommand{Known: []string{"2021:1:" + "00000000"}})
	require.True(t, fault.Is(err, "log-not-proved"), err)
	last := all[0]
	_, err = a.verifies(auditVerifyCommand{Known: []string{"2021:" + strconv.FormatInt(last.Revision, 10) + ":" + last.Hash[:16]}})
	require.NoError(t, err)
	_, err = a.verifies(auditVerifyCommand{Known: []string{"2021:x"}})
	require.True(t, fault.Is(err, "audit-known-unreadable"), err)
	_, err = a.verifies(auditVerifyCommand{Log: []string{"1997"}})
	require.True(t, fault.Is(err, "log-not-found"), err)
}
