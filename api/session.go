package api

import (
	"context"

	"tiendo/pkg/fault"
)

// The access resources stand in the contract; what answers them comes with the
// accounts' own room.

// GetSession implements GET /session.
func (s *Server) GetSession(ctx context.Context, _ GetSessionRequestObject) (GetSessionResponseObject, error) {
	who := callerOf(ctx)
	keep := privately
	return GetSession200JSONResponse{
		Body: Session{
			SignedIn: who.signedIn(), PublicReading: true, Trial: s.trial, Via: words("cookie"), NeedsSetup: false,
			User:   orNone(Account{User: who.actor.ID, Name: who.actor.Name, Language: Vi}, who.signedIn()),
			Rights: []HeldRole{{Area: "VN", AreaName: bothOrNone(everywhere), Role: Administrator}},
		},
		Headers: GetSession200ResponseHeaders{CacheControl: &keep},
	}, nil
}

var everywhere = fault.Text{Vi: "Cả nước", En: "Viet Nam"}

// privately: kept by nobody.
const privately = "private, no-store"

// SignIn is not here yet.
func (s *Server) SignIn(context.Context, SignInRequestObject) (SignInResponseObject, error) {
	return nil, nothingHere()
}

// SignOut is not here yet.
func (s *Server) SignOut(context.Context, SignOutRequestObject) (SignOutResponseObject, error) {
	return nil, nothingHere()
}

// SetUp is not here yet.
func (s *Server) SetUp(context.Context, SetUpRequestObject) (SetUpResponseObject, error) {
	return nil, nothingHere()
}

// LookAtSetUp is not here yet.
func (s *Server) LookAtSetUp(context.Context, LookAtSetUpRequestObject) (LookAtSetUpResponseObject, error) {
	return nil, nothingHere()
}

// GetMe is not here yet.
func (s *Server) GetMe(context.Context, GetMeRequestObject) (GetMeResponseObject, error) {
	return nil, nothingHere()
}

// ChangeMe is not here yet.
func (s *Server) ChangeMe(context.Context, ChangeMeRequestObject) (ChangeMeResponseObject, error) {
	return nil, nothingHere()
}

// ChangePassword is not here yet.
func (s *Server) ChangePassword(context.Context, ChangePasswordRequestObject) (ChangePasswordResponseObject, error) {
	return nil, nothingHere()
}

// ListSessions is not here yet.
func (s *Server) ListSessions(context.Context, ListSessionsRequestObject) (ListSessionsResponseObject, error) {
	return nil, nothingHere()
}

// EndSessions is not here yet.
func (s *Server) EndSessions(context.Context, EndSessionsRequestObject) (EndSessionsResponseObject, error) {
	return nil, nothingHere()
}

// EndSession is not here yet.
func (s *Server) EndSession(context.Context, EndSessionRequestObject) (EndSessionResponseObject, error) {
	return nil, nothingHere()
}

// ListTokens is not here yet.
func (s *Server) ListTokens(context.Context, ListTokensRequestObject) (ListTokensResponseObject, error) {
	return nil, nothingHere()
}

// MakeToken is not here yet.
func (s *Server) MakeToken(context.Context, MakeTokenRequestObject) (MakeTokenResponseObject, error) {
	return nil, nothingHere()
}

// RevokeToken is not here yet.
func (s *Server) RevokeToken(context.Context, RevokeTokenRequestObject) (RevokeTokenResponseObject, error) {
	return nil, nothingHere()
}

// ListPeople is not here yet.
func (s *Server) ListPeople(context.Context, ListPeopleRequestObject) (ListPeopleResponseObject, error) {
	return nil, nothingHere()
}

// AdmitPerson is not here yet.
func (s *Server) AdmitPerson(context.Context, AdmitPersonRequestObject) (AdmitPersonResponseObject, error) {
	return nil, nothingHere()
}

// GetPerson is not here yet.
func (s *Server) GetPerson(context.Context, GetPersonRequestObject) (GetPersonResponseObject, error) {
	return nil, nothingHere()
}

// GrantRole is not here yet.
func (s *Server) GrantRole(context.Context, GrantRoleRequestObject) (GrantRoleResponseObject, error) {
	return nil, nothingHere()
}

// EndRole is not here yet.
func (s *Server) EndRole(context.Context, EndRoleRequestObject) (EndRoleResponseObject, error) {
	return nil, nothingHere()
}

// GetUser is not here yet.
func (s *Server) GetUser(context.Context, GetUserRequestObject) (GetUserResponseObject, error) {
	return nil, nothingHere()
}

// ChangeUser is not here yet.
func (s *Server) ChangeUser(context.Context, ChangeUserRequestObject) (ChangeUserResponseObject, error) {
	return nil, nothingHere()
}

// DisableUser is not here yet.
func (s *Server) DisableUser(context.Context, DisableUserRequestObject) (DisableUserResponseObject, error) {
	return nil, nothingHere()
}

// RenewSetUp is not here yet.
func (s *Server) RenewSetUp(context.Context, RenewSetUpRequestObject) (RenewSetUpResponseObject, error) {
	return nil, nothingHere()
}
