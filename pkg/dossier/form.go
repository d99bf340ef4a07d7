package dossier

import (
	"encoding/json"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// The forms of a dossier's files. A null text is an empty one. Lists are
// decoded piece by piece, so that a fault is reported with the key it is at.
type (
	electionForm struct {
		ID          string                `json:"id"`
		TitleVi     string                `json:"title_vi"`
		TitleEn     string                `json:"title_en"`
		ElectionDay civil.Date            `json:"election_day"`
		Rulebook    string                `json:"rulebook"`
		Edition     string                `json:"edition"`
		Written     map[string]civil.Date `json:"written"`
	}
	organsForm struct {
		Election  string            `json:"election"`
		Sources   map[string]string `json:"sources"`
		Documents []json.RawMessage `json:"documents"`
		Bodies    []json.RawMessage `json:"bodies"`
	}
	bodyForm struct {
		Key        string    `json:"key"`
		Kind       string    `json:"kind"`
		Form       string    `json:"form"`
		NameVi     string    `json:"name_vi"`
		NameEn     string    `json:"name_en"`
		Area       area.Code `json:"area"`
		SetUpBy    string    `json:"set_up_by"`
		HeadOffice string    `json:"head_office_vi"`
		Source     string    `json:"source"`
		noteForm
	}
	documentForm struct {
		Key        string     `json:"key"`
		Number     string     `json:"number"`
		Kind       string     `json:"kind"`
		TitleVi    string     `json:"title_vi"`
		TitleEn    string     `json:"title_en"`
		Issuer     string     `json:"issuer"`
		IssuedOn   civil.Date `json:"issued_on"`
		KnownBy    civil.Date `json:"known_by"`
		Area       area.Code  `json:"area"`
		Public     bool       `json:"public"`
		Implements []string   `json:"implements"`
		Source     string     `json:"source"`
		noteForm
	}
	recordForm struct {
		Election             string            `json:"election"`
		Sources              map[string]string `json:"sources"`
		Plans                []json.RawMessage `json:"plans"`
		RuleTasks            []json.RawMessage `json:"rule_tasks"`
		Facts                []json.RawMessage `json:"facts"`
		LocalFacts           []json.RawMessage `json:"local_facts"`
		Statements           []json.RawMessage `json:"statements"`
		NotDated             []json.RawMessage `json:"not_dated"`
		Targets              []json.RawMessage `json:"targets"`
		VotingDays           []json.RawMessage `json:"voting_days"`
		VotingDaysNotEntered string            `json:"voting_days_not_entered"`
		NotEnteredVi         string            `json:"voting_days_not_entered_vi"`
		NoCouncil            *councilsForm     `json:"no_council"`
	}
	planForm struct {
		Key        string            `json:"key"`
		Area       area.Code         `json:"area"`
		TitleVi    string            `json:"title_vi"`
		TitleEn    string            `json:"title_en"`
		Documents  []string          `json:"documents"`
		Source     string            `json:"source"`
		Contents   []headingForm     `json:"contents"`
		Milestones []json.RawMessage `json:"milestones"`
	}
	headingForm struct {
		TitleVi    string   `json:"title_vi"`
		TitleEn    string   `json:"title_en"`
		Milestones []string `json:"milestones"`
	}
	// noteForm is a note for officers, in Vietnamese, beside the English one for
	// those who read the file.
	noteForm struct {
		Note   string `json:"note"`
		NoteVi string `json:"note_vi"`
	}
	deedForm struct {
		State  string     `json:"state"`
		DoneOn civil.Date `json:"done_on"`
		DoneBy civil.Date `json:"done_by"`
	}
	lineForm struct {
		Key         string            `json:"key"`
		TitleVi     string            `json:"title_vi"`
		TitleEn     string            `json:"title_en"`
		Phase       string            `json:"phase"`
		Nature      string            `json:"nature"`
		AppliesTo   selectForm        `json:"applies_to"`
		Start       *dateForm         `json:"start"`
		End         *dateForm         `json:"end"`
		Elections   []string          `json:"elections"`
		Responsible []responsibleForm `json:"responsible"`
		Bodies      []string          `json:"bodies"`
		Tasks       []stepForm        `json:"tasks"`
		deedForm
		Document string `json:"document"`
		Source   string `json:"source"`
		noteForm
	}
	dateForm struct {
		Anchor string     `json:"anchor"`
		Date   civil.Date `json:"date"`
		Time   string     `json:"time"`
	}
	responsibleForm struct {
		Body  string `json:"body"`
		Level string `json:"level"`
	}
	stepForm struct {
		Key     string   `json:"key"`
		TitleVi string   `json:"title_vi"`
		TitleEn string   `json:"title_en"`
		Bodies  []string `json:"bodies"`
		deedForm
	}
	ruleTaskForm struct {
		Rule     string    `json:"rule"`
		Area     area.Code `json:"area"`
		Key      string    `json:"key"`
		TitleVi  string    `json:"title_vi"`
		TitleEn  string    `json:"title_en"`
		Bodies   []string  `json:"bodies"`
		Document string    `json:"document"`
		Source   string    `json:"source"`
		noteForm
		deedForm
	}
	factForm struct {
		Rule       string     `json:"rule"`
		Area       area.Code  `json:"area"`
		DoneOn     civil.Date `json:"done_on"`
		DoneBy     civil.Date `json:"done_by"`
		Document   string     `json:"document"`
		Source     string     `json:"source"`
		Confidence string     `json:"confidence"`
		noteForm
		Occurrence int    `json:"occurrence"`
		Scope      string `json:"scope"`
		ScopeVi    string `json:"scope_vi"`
	}
	localFactForm struct {
		Milestone string    `json:"milestone"`
		Area      area.Code `json:"area"`
		Document  string    `json:"document"`
		Source    string    `json:"source"`
		noteForm
		deedForm
	}
	statementForm struct {
		Rules    []string   `json:"rules"`
		Area     area.Code  `json:"area"`
		DoneBy   civil.Date `json:"done_by"`
		Document string     `json:"document"`
		Source   string     `json:"source"`
		noteForm
	}
	notDatedForm struct {
		Rule string    `json:"rule"`
		Area area.Code `json:"area"`
		noteForm
		Source string `json:"source"`
	}
	targetForm struct {
		Rule      string     `json:"rule"`
		Area      area.Code  `json:"area"`
		Branch    bool       `json:"branch"`
		PlannedOn civil.Date `json:"planned_on"`
		Source    string     `json:"source"`
		noteForm
		Confidence string `json:"confidence"`
	}
	votingDayForm struct {
		Area       area.Code   `json:"area"`
		VotingDay  civil.Date  `json:"voting_day"`
		Opens      civil.Clock `json:"opens"`
		Document   string      `json:"document"`
		Confidence string      `json:"confidence"`
		Source     string      `json:"source"`
		noteForm
	}
	councilsForm struct {
		Rules           []json.RawMessage    `json:"rules"`
		Counts          map[string]countForm `json:"counts"`
		NoVoters        []placeForm          `json:"no_voters"`
		WithoutCommunes []area.Code          `json:"without_communes"`
		Notes           []string             `json:"notes"`
		NotesVi         []string             `json:"notes_vi"`
		Sources         []string             `json:"sources"`
	}
	councilRuleForm struct {
		ID       string     `json:"id"`
		Select   selectForm `json:"select"`
		Document string     `json:"document"`
		Count    int        `json:"count"`
	}
	countForm struct {
		Areas          int `json:"areas"`
		WithoutCouncil int `json:"without_council"`
		WithCouncil    int `json:"with_council"`
	}
	placeForm struct {
		Area area.Code `json:"area"`
		noteForm
	}
	// selectForm selects areas: by their codes, or those of a level (and, where
	// given, of some types) under an area.
	selectForm struct {
		Areas []area.Code `json:"areas"`
		Codes []area.Code `json:"codes"`
		Under area.Code   `json:"under"`
		Level string      `json:"level"`
		Type  []string    `json:"type"`
	}
)
