package sheet

import "tiendo/pkg/fault"

// Keys of the columns of a list of accounts; those of the place are the same as
// in a table of statuses.
const (
	ColUser     = "user"
	ColName     = "name"
	ColUnit     = "unit"
	ColLanguage = "language"
	ColRole     = "role"
)

// PeopleColumns are those of a list of accounts: one row is one account with one
// role in one place. Who has roles in several places stands in several rows.
var PeopleColumns = Columns{
	{Key: ColUser, Title: fault.Text{Vi: "Tên đăng nhập", En: "User name"}, Kind: Code, Use: Names, Width: 18},
	{Key: ColName, Title: fault.Text{Vi: "Họ và tên", En: "Full name"}, Use: Says, Width: 26, Internal: true},
	{Key: ColUnit, Title: fault.Text{Vi: "Đơn vị công tác", En: "Unit"}, Use: Says, Width: 30, Internal: true},
	{Key: ColLanguage, Title: fault.Text{Vi: "Ngôn ngữ", En: "Language"}, Use: Says, Width: 12, Internal: true},
	{Key: ColArea, Title: fault.Text{Vi: "Mã đơn vị", En: "Area code"}, Kind: Code, Use: Names, Width: 11},
	{Key: ColAreaName, Title: fault.Text{Vi: "Đơn vị", En: "Area name"}, Use: Names, Width: 28},
	{Key: ColWithin, Title: fault.Text{Vi: "Thuộc", En: "Within"}, Use: Names, Width: 28},
	{Key: ColRole, Title: fault.Text{Vi: "Vai trò", En: "Role"}, Use: Says, Width: 14},
}
