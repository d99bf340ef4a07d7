module tiendo

go 1.26.8
