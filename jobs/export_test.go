package jobs

import "github.com/apache/arrow-go/v18/arrow/memory"

// Allocate makes rows come from the allocator, until the function that it returns is called.
func Allocate(mem memory.Allocator) (restore func()) {
	before := allocator
	allocator = mem
	return func() { allocator = before }
}

// Conclude gives the report its status.
func (r *Report) Conclude() { r.conclude() }

// Decide gives the unit its outcome.
func (u *UnitReport) Decide(unit Unit, err error) { u.decide(unit, err) }
