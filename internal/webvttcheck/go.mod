module graphlake/internal/webvttcheck

go 1.26.0

require (
	github.com/asticode/go-astisub v0.34.0
	graphlake v0.0.0
)

require (
	github.com/asticode/go-astikit v0.20.0 // indirect
	github.com/asticode/go-astits v1.8.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.44.0 // indirect
)

replace graphlake => ../..
