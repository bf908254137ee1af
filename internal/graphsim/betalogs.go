package graphsim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"
)

// The logs that only beta serves: text messages, who was blocked from calling, and what conferences called. Their rows have
// no id that could be relied on: whoever keeps them knows them by what they say, and so does Truth.

// spanOf reads the arguments of a function whose end of the range is included, as the documentation of getSmsLog says. That
// of the others says nothing.
func spanOf(r *request) (stretch, error) { return (&telephoneLog{inclusive: true}).span(r.keys[0]) }

// logged are the rows of a log in a request's range, each at its index.
func logged[T any](of func(t *Tenant, s stretch, now time.Time) iter.Seq[T], one func(t *Tenant, v T, now time.Time) entity) func(*Tenant, *request) (rows, error) {
	return func(t *Tenant, r *request) (rows, error) {
		s, err := spanOf(r)
		if err != nil {
			return nil, err
		}
		return func(yield func(int, entity) bool) {
			i := -1
			for v := range of(t, s, r.now) {
				if i++; i >= r.from && !yield(i, one(t, v, r.now)) {
					return
				}
			}
		}, nil
	}
}

// daily are the rows of the days of a span, of each day by time.
func daily[T any](t *Tenant, s stretch, of func(day int) []T, at func(T) time.Time) iter.Seq[T] {
	return func(yield func(T) bool) {
		for day := max(dayOf(s.from), t.first); day < t.first+t.days && midnight(day).Before(s.to); day++ {
			all := of(day)
			slices.SortStableFunc(all, func(a, b T) int { return at(a).Compare(at(b)) })
			for _, v := range all {
				if s.has(at(v)) && !yield(v) {
					return
				}
			}
		}
	}
}

// saying is the key of a row without an id: the first half of the SHA-256 of what it says, members by their names and numbers
// in their shortest form, in hexadecimal digits.
func saying(e entity) string {
	var names []string
	for i := 0; i < len(e); i += 2 {
		name, _ := e[i].(string)
		names = append(names, name)
	}
	slices.Sort(names)
	var w writer
	for i, name := range names {
		w.b = append(w.b, either(i == 0, "{", ",")...)
		w.b = append(appendText(w.b, name), ':')
		v, _ := e.get(name)
		if c, ok := v.(cents); ok {
			w.b = strconv.AppendFloat(w.b, float64(c)/100, 'f', -1, 64)
			continue
		}
		w.value(v)
	}
	sum := sha256.Sum256(append(w.b, '}'))
	return hex.EncodeToString(sum[:16])
}

// A textMessage is a row of the log of text messages.
type textMessage struct {
	row, message guid // the row's is shown of half of the rows; a message to several people has one id
	named        bool
	who          person
	sent         time.Time
	out          bool
	ours, theirs string
	abroad       *site // where the other number is; nil if nobody can tell
	units        int
	price        int // in hundredths, of all units
	corrected    bool
}

const (
	textingShare = 0.15 // of the people who write or get text messages on a day
	groupShare   = 0.2  // of the messages that go to two people
	twiceShare   = 0.03 // of the rows that are in the log twice, with every letter
)

// texts are the text messages of a day until an instant.
func (t *Tenant) texts(day int, now time.Time) (all []textMessage) {
	for number := range t.Users {
		s := seeded(t.seed, uint64(number), uint64(day), 'x')
		if !s.chance(textingShare) {
			continue
		}
		p, here := t.personAt(number, midnight(day))
		if !here || p.guest || !p.enabled {
			continue
		}
		for range s.between(1, 3) {
			m := textMessage{message: drawGUID(&s), who: p, out: s.chance(0.6), ours: fmt.Sprintf("%s%03d***", p.site.prefix, s.below(1000))}
			m.sent = midnight(day).Add(time.Duration(s.below(secondsPerDay))*time.Second + time.Duration(s.below(1e7))*tick)
			m.units = s.between(1, 3)
			recipients := 1
			if m.out && s.chance(groupShare) {
				recipients = 2
			}
			for range recipients {
				m.row, m.named = drawGUID(&s), s.chance(0.5)
				m.theirs, m.abroad = t.line(s.below(1e6))
				m.price, m.corrected = m.units*pick(&s, []int{0, 4, 7}), s.chance(0.15)
				if m.sent.After(now) {
					continue
				}
				all = append(all, m)
				if s.chance(twiceShare) {
					all = append(all, m)
				}
			}
		}
	}
	return all
}

func (t *Tenant) textLog(s stretch, now time.Time) iter.Seq[textMessage] {
	return daily(t, s, func(day int) []textMessage { return t.texts(day, now) }, func(m textMessage) time.Time { return m.sent })
}

// textRow is what the log says of a text message; a wrong charge is corrected after a while.
func (t *Tenant) textRow(m textMessage, now time.Time) entity {
	var e entity
	if m.named {
		e = entity{"id", m.row}
	}
	price := m.price
	if m.corrected && now.Before(m.sent.Add(correctedAfter)) {
		price *= 2
	}
	source, destination := m.theirs, m.ours
	if m.out {
		source, destination = m.ours, m.theirs
	}
	there, name, context := "", "", ""
	if m.abroad != nil {
		there = m.abroad.country
		name = countryNames[either(m.out, there, m.who.site.country)]
		context = either(there == m.who.site.country, "Domestic", "International")
	}
	e = append(append(e, "smsId", m.message), account(&m.who)...)
	return append(e, "userCountryCode", m.who.site.country, "tenantCountryCode", "CH", "sourceNumber", source, "destinationNumber", destination,
		"sentDateTime", m.sent, "callCharge", cents(price), "currency", m.who.site.currency, "smsType", either(m.out, "sms_out", "sms_in"),
		"destinationContext", orNull(context), "destinationName", orNull(name), "otherPartyCountryCode", orNull(there),
		"licenseCapability", "MCOSMS1", "smsUnits", m.units)
}

// A blocking is a row of the log of who was blocked.
type blocking struct {
	action       guid // that of the unblocking may be that of the blocking
	who          person
	at           time.Time
	number       string
	mode, reason string
}

// blocked is the share of the people who are blocked on a day: in a small tenant one of them on every other day.
func (t *Tenant) blocked() float64 { return max(0.02, 0.5/float64(t.Users)) }

// blockings are who was blocked on a day, and who was unblocked again, until an instant.
func (t *Tenant) blockings(day int, now time.Time) (all []blocking) {
	for number := range t.Users {
		for since := day - 2; since <= day; since++ {
			s := seeded(t.seed, uint64(number), uint64(since), 'k')
			if !s.chance(t.blocked()) {
				continue
			}
			p, here := t.personAt(number, midnight(since))
			if !here || p.guest {
				continue
			}
			b := blocking{action: drawGUID(&s), who: p, number: fmt.Sprintf("%s%06d", p.site.prefix, s.below(1e6))}
			b.at = midnight(since).Add(time.Duration(s.below(secondsPerDay)*1000+s.below(1000)) * time.Millisecond)
			b.mode = pick(&s, []string{"Blocked", "blocked"}) // in the documentation and in the metadata
			b.reason = pick(&s, []string{"High Overall Usage", "Unusual Destinations"})
			after := b
			after.at = b.at.Add(time.Duration(s.between(30, 40*60)) * time.Minute)
			after.mode, after.reason = pick(&s, []string{"Unblocked", "unblocked"}), "Tenant Requested"
			if s.chance(0.5) {
				after.action = drawGUID(&s)
			}
			for _, one := range []blocking{b, after} {
				if dayOf(one.at) == day && !one.at.After(now) {
					all = append(all, one)
				}
			}
		}
	}
	return all
}

func (t *Tenant) blockingLog(s stretch, now time.Time) iter.Seq[blocking] {
	return daily(t, s, func(day int) []blocking { return t.blockings(day, now) }, func(b blocking) time.Time { return b.at })
}

func (t *Tenant) blockingRow(b blocking, _ time.Time) entity {
	return append(account(&b.who), "blockDateTime", b.at, "userTelephoneNumber", b.number, "userBlockMode", b.mode, "blockReason", b.reason,
		"remediationId", b.action)
}

// A dialOut is what the conferences of one organizer called in a span, to one sort of destination and in one currency.
type dialOut struct {
	organizer int // nobody: Graph does not say
	location  string
	context   string
	currency  string

	calls, seconds, cost int
}

func (d *dialOut) compare(o *dialOut) int {
	return cmp.Or(cmp.Compare(d.organizer, o.organizer), cmp.Compare(d.location, o.location), cmp.Compare(d.context, o.context), cmp.Compare(d.currency, o.currency))
}

// dialOuts are the rows of the log of calling plans that conferences called out for, added up.
func (t *Tenant) dialOuts(s stretch, now time.Time) iter.Seq[dialOut] {
	var all []*dialOut
	for c, row := range t.logRows(&pstnLog, s) {
		if c.kind != dialIn || c.end.After(now) || !s.has(c.start) {
			continue
		}
		b := t.billed(c, row)
		if !b.out {
			continue
		}
		one := dialOut{organizer: nobody, context: b.context(), currency: b.bill.currency}
		if c.first.kind == internal {
			p := t.person(c.first.number)
			one.organizer, one.location = p.number, p.site.country
		}
		at, known := slices.BinarySearchFunc(all, &one, (*dialOut).compare)
		if !known {
			all = slices.Insert(all, at, &one)
		}
		of := all[at]
		of.calls++
		of.seconds += b.duration
		of.cost += b.bill.at(now) + b.bill.connection
	}
	return func(yield func(dialOut) bool) {
		for _, d := range all {
			if !yield(*d) {
				return
			}
		}
	}
}

func (t *Tenant) dialOutRow(d dialOut, _ time.Time) entity {
	var who *person
	if d.organizer != nobody {
		who = new(t.person(d.organizer))
	}
	return append(account(who), "usageLocation", orNull(d.location), "destinationContext", orNull(d.context), "currency", orNull(d.currency),
		"totalCalls", d.calls, "totalCallCharge", cents(d.cost), "totalCallSeconds", d.seconds)
}

// betaTruth counts the rows of a day. Rows that say the same are one.
func (t *Tenant) betaTruth(l ledger, day int, now time.Time) {
	whole := stretch{midnight(day), midnight(day + 1)}
	said := map[string]bool{}
	count := func(table string, e entity) {
		if key := saying(e); !said[table+key] {
			said[table+key] = true
			l.add(table, key)
		}
	}
	for m := range t.textLog(whole, now) {
		count("sms_logs", t.textRow(m, now))
	}
	for b := range t.blockingLog(whole, now) {
		count("blocked_users_log", t.blockingRow(b, now))
	}
	for d := range t.dialOuts(whole, now) {
		id, principal := "", ""
		if d.organizer != nobody {
			p := t.person(d.organizer)
			id, principal = p.id.String(), p.principal
		}
		l.add("dial_out_logs", instantKey(whole.from), id, principal, d.location, d.context, d.currency)
	}
}
