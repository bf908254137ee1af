package report

import (
	"context"
	"time"

	"graphlake/schemas"
)

// readMessages counts what people wrote in chats and channels (metric_messages): what they deleted later, too, and neither
// what bots wrote nor what the service says. Days before those that are asked about count for who is active only.
func (r *reader) readMessages(ctx context.Context, p *pass) error {
	days := schemas.Range{From: p.days.From.AddDate(0, 0, -daysBack), To: p.days.To}
	for _, table := range []string{"chat_messages", "channel_messages"} {
		for _, day := range days.Days() {
			for m, err := range r.rows(ctx, table, day, "message_type", "from_user_id", "created_time") {
				if err != nil {
					return err
				}
				if m.text(0) != "message" || !m.has(1) {
					continue
				}
				user := m.text(1)
				p.active.mark(user, day)
				if p.days.Contains(day) {
					p.wrote(user, m.time(2))
				}
			}
		}
	}
	return nil
}

func (p *pass) wrote(user string, at time.Time) {
	group := hoursOf(p.hours, p.directory.department(user))
	works := p.directory.people[user].hours
	switch {
	case !works.known():
		group.NotKnown++
	case works.include(at):
		group.Inside++
	default:
		group.Outside++
	}
}
