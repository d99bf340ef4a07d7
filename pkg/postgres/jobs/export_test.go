package jobs

// NewClient is for tests that stop a client otherwise than [Run] does.
var NewClient = newClient
