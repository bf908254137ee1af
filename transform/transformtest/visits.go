package transformtest

import "graphlake/schemas"

// Visits have times of a dateTimeTimeZone, in an object and in those of a list.
var Visits = schemas.Dataset{Name: "visits", Time: []schemas.Path{"start.dateTime"}, Tables: []schemas.Table{
	{Name: "visits", Key: []string{"visit_id"}, Columns: []schemas.Column{
		{Name: "visit_id", Path: "id", Type: schemas.String, Required: true},
		{Name: "start_time", Path: "start.dateTime", Type: schemas.UTCTime, Required: true},
		{Name: "end_time", Path: "end.dateTime", Type: schemas.UTCTime},
	}},
	{Name: "guests", Each: "guests[]", Key: []string{"visit_id", "guest_index"}, Columns: []schemas.Column{
		{Name: "visit_id", Path: "/id", Type: schemas.String, Required: true},
		{Name: "guest_index", Path: "#", Type: schemas.Int32, Required: true},
		{Name: "visit_start_time", Path: "/start.dateTime", Type: schemas.UTCTime, Required: true},
		{Name: "came_time", Path: "came.dateTime", Type: schemas.UTCTime},
	}},
}}

// OddVisits are records of Visits with the times of their first row. Without a start they are refused.
var OddVisits = []struct {
	Record, Start, End string
	Misfits            map[string]int64
}{
	{
		Record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"W. Europe Standard Time"},"end":{"timeZone":"India Standard Time","dateTime":"2026-11-22T16:00:00"}}`,
		Start:  "2026-11-22T07:00:00Z", End: "2026-11-22T10:30:00Z",
	},
	{
		Record: `{"start":{"x":{"timeZone":"Europe/Athens"},"dateTime":"2026-11-22T08:00:00","time\u005aone":"Europe\/Zurich"},"end":{"dateTime":"2026-11-22T16:00:00"},"id":"1"}`,
		Start:  "2026-11-22T07:00:00Z", End: "2026-11-22T16:00:00Z",
	},
	{
		Record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00Z","timeZone":"nowhere"},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":null}}`,
		Start:  "2026-11-22T08:00:00Z", End: "2026-11-22T16:00:00Z",
	},
	{
		Record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":""},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":"nowhere"}}`,
		Start:  "2026-11-22T08:00:00Z", End: "(null)",
		Misfits: map[string]int64{"visits.end_time at end.dateTime: the time zone beside it is not known": 1},
	},
	{
		Record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":7}}`,
		Start:  "2026-11-22T08:00:00Z", End: "(null)",
		Misfits: map[string]int64{"visits.end_time at end.dateTime: the time zone beside it is not known": 1},
	},
	{Record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"nowhere"}}`},
	{Record: `{"id":"1","start":{"timeZone":"UTC","dateTime":"2026-11-22T08:00:00","timeZone":"Europe/Zurich"}}`},
}
