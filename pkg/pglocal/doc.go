// Package pglocal runs the private PostgreSQL of a trial, of development and
// of tests: found on the machine, started by the program, stopped with it.
// Nothing is downloaded, no port is opened and no password exists; the only
// way in is a socket in a folder that belongs to the user of the program.
//
// Who wants to operate a server seriously sets DATABASE_URL and never comes
// here.
package pglocal
