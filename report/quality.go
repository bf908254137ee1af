package report

import (
	"cmp"
	"context"
	"time"
)

// Quality is the verdict of Microsoft's Call Quality Dashboard on audio, from the side of each of the tenant's people who sends
// or receives it (metric_stream_sides): a stream between two of them counts on both sides.
type Quality struct{ Good, Poor, Unclassified int64 }

// Share is how much of what could be judged was poor.
func (q Quality) Share() Share { return Share{q.Poor, q.Good + q.Poor} }

func (q *Quality) add(class string) {
	switch class {
	case "good":
		q.Good++
	case "poor":
		q.Poor++
	case "unclassified":
		q.Unclassified++
	}
}

// Network is a connection type and a subnet.
type Network struct{ Connection, Subnet string }

// audio is the quality of audio by network and by department.
type audio struct {
	networks    map[Network]*heard
	connections map[string]*heard
	departments map[string]*Quality
}

// heard is a quality and whose it is.
type heard struct {
	Quality
	people map[string]bool
}

func (r *reader) readAudio(ctx context.Context, days []time.Time, d *directory) (*audio, error) {
	a := &audio{networks: map[Network]*heard{}, connections: map[string]*heard{}, departments: map[string]*Quality{}}
	for _, day := range days {
		for s, err := range r.rows(ctx, "call_media_streams", day, "is_test", "medium", "cqd_class",
			"sender_identity_id", "sender_tenant_id", "sender_connection_type", "sender_subnet",
			"receiver_identity_id", "receiver_tenant_id", "receiver_connection_type", "receiver_subnet") {
			if err != nil {
				return nil, err
			}
			if s.yes(0) || s.text(1) != "audio" {
				continue
			}
			for _, side := range []int{3, 7} {
				person := known(s.text(side))
				if person == "" || s.text(side+1) != r.tenant {
					continue
				}
				class, connection := s.text(2), cmp.Or(s.text(side+2), unknown)
				heardOf(a.networks, Network{connection, cmp.Or(s.text(side+3), unknown)}).add(person, class)
				heardOf(a.connections, connection).add(person, class)
				department := d.department(person)
				if a.departments[department] == nil {
					a.departments[department] = &Quality{}
				}
				a.departments[department].add(class)
			}
		}
	}
	return a, nil
}

func heardOf[K comparable](all map[K]*heard, of K) *heard {
	if all[of] == nil {
		all[of] = &heard{people: map[string]bool{}}
	}
	return all[of]
}

func (h *heard) add(person, class string) {
	h.Quality.add(class)
	h.people[person] = true
}
