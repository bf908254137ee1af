package privacy

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"graphlake/schemas"
)

// People are those who may not be in a lake: because they were left out from the start, or because they were erased.
//
//	people, err := privacy.NewPeople(salt)             // nobody; or UnmarshalText of what a lake has
//	people.Add(privacy.Person{Word: privacy.Erased, Keys: keys}, settings)
//	filter, err := people.Filter(dataset)              // of one goroutine
//	record, keep := filter.Apply(record)               // unchanged, byte for byte, where nobody is in it
//	text = people.Text(text)                           // of what is no record: a log line, a report, a state
//
// Of a person there are only hashes: HMAC-SHA-256 of the keys by which they are known, in one spelling each, with the
// length of that and its kind. Who holds the salt and knows a key can ask whether it is among them, and nobody can read
// them; so a lake may hold them ([People.MarshalText], in JSON a string). The same salt makes the same hashes and marks, so a lake has one.
//
// Keys are added before filters are made. Afterwards a set is safe for concurrent use.
type People struct {
	salt    []byte
	persons []*person
	entries map[keyHash]*entry
	forms   [256]form // of keys of each length; the last of all that are longer
	all     form      // together
	// shortest is the length of the shortest key.
	shortest int
	finders  sync.Pool // of *finder, made when they are asked for
}

// Word stands in the place of a person.
type Word string

// The words. Nobody's key is one of them.
const (
	Excluded Word = schemas.ExcludedWord
	Erased   Word = schemas.ErasedWord
)

// Words are those that stand in the place of people.
func Words() []Word { return []Word{Excluded, Erased} }

// isWord reports whether all of a text is one of the words.
func isWord(text []byte) bool {
	return string(text) == string(Excluded) || string(text) == string(Erased)
}

// Person is somebody with all keys by which they are known. The first is the one that stays, which is the id.
type Person struct {
	Word Word
	Keys []PersonKey
}

// PersonKey is something by which one person is known.
type PersonKey struct {
	Kind  KeyKind
	Value string // in any spelling
}

// KeyKind says how a key is spelled, and so where it is looked for.
type KeyKind string

// The kinds. All but the last are looked for within longer strings too, in clear, escaped, coded for a URL, for HTML, in
// base64 or in hexadecimal digits.
const (
	IDKey      KeyKind = "id"      // a GUID, or, from eight characters on, any other id between characters that are no letters and digits
	AddressKey KeyKind = "address" // an address of mail or SIP, or a sign-in name, with or without what tells its kind; also as SharePoint writes it in paths
	NumberKey  KeyKind = "number"  // of a telephone, from seven digits on, in any spelling: with its country also national and in texts, else as all of a number only
	NameKey    KeyKind = "name"    // of two words or more, that nobody else has; no other is looked for
	OtherKey   KeyKind = "other"   // whatever else is one person's alone, as an alias: from sixteen characters on, and as all of a value only
	// FullNameKey is a name that is part of somebody else's: as all of a value only.
	FullNameKey KeyKind = "full name"
)

// person is what is kept of a person.
type person struct {
	word Word
	mark string // eight hexadecimal digits, by which people of one word stay different
	keys []hashedKey
}

// hashedKey is a spelling of a key.
type hashedKey struct {
	form   form
	length int // in bytes
	hash   keyHash
}

// keyHash is the first half of an HMAC.
type keyHash [16]byte

// entry is a key that was found.
type entry struct {
	form   form // all in which it is a key
	person *person
}

// shortestSalt in bytes, as of the pseudonyms' key.
const shortestSalt = 32

// NewSalt is a salt for the people of a lake.
func NewSalt() []byte {
	salt := make([]byte, shortestSalt)
	_, _ = rand.Read(salt) // which never fails
	return salt
}

// NewPeople is a set without people.
func NewPeople(salt []byte) (*People, error) {
	if len(salt) < shortestSalt {
		return nil, fmt.Errorf("the salt of people has %d bytes, and %d are the least", len(salt), shortestSalt)
	}
	return &People{salt: slices.Clone(salt), entries: map[keyHash]*entry{}}, nil
}

// Len is how many people there are. Nil are none.
func (p *People) Len() int {
	if p == nil {
		return 0
	}
	return len(p.persons)
}

// Add adds a person. In a lake with pseudonyms the pseudonyms of the keys are keys, too. A key that somebody has already
// stays theirs; so to add a person twice is to add them once. A person without any key is an error: nobody would be found.
func (p *People) Add(one Person, settings Settings) error {
	if !slices.Contains(Words(), one.Word) {
		return fmt.Errorf("the word %q stands for nobody", one.Word)
	}
	f := p.finder()
	defer p.finders.Put(f)
	added := &person{word: one.Word}
	met := false
	for _, k := range one.Keys {
		all := normalForms(k)
		if len(settings.Key) > 0 && len(all) > 0 {
			all = append(all, normalForms(PersonKey{IDKey, settings.Pseudonym(k.Value)})...)
		}
		for _, n := range all {
			met = true
			if added.mark == "" {
				added.mark = f.mark(n.text)
			}
			s := hashedKey{n.form, len(n.text), f.hash(n.text)}
			if e := p.entries[s.hash]; e == nil || e.form&n.form == 0 {
				added.keys = append(added.keys, s)
				p.enter(added, s)
			}
		}
	}
	switch {
	case !met:
		return errors.New("a person without a key cannot be found")
	case len(added.keys) > 0:
		p.persons = append(p.persons, added)
	}
	return nil
}

// enter makes a key one that is found.
func (p *People) enter(of *person, k hashedKey) {
	e := p.entries[k.hash]
	if e == nil {
		e = &entry{person: of}
		p.entries[k.hash] = e
	}
	e.form |= k.form
	p.forms[min(k.length, len(p.forms)-1)] |= k.form
	p.all |= k.form
	if p.shortest == 0 || k.length < p.shortest {
		p.shortest = k.length
	}
}

// Is reports who a whole value is a key of, in any spelling, and the word for them.
func (p *People) Is(value string) (Word, bool) {
	if p.Len() == 0 {
		return "", false
	}
	f := p.finder()
	defer p.finders.Put(f)
	if e := f.whole([]byte(value)); e != nil {
		return e.person.word, true
	}
	return "", false
}

// Has reports whether a whole value is somebody's key.
func (p *People) Has(value string) bool {
	_, is := p.Is(value)
	return is
}

// Text is a text with words in the place of people.
func (p *People) Text(text string) string { return p.text(text, anyText) }

// Cell is a value of a column of a table, that is a text and no JSON, with words in the place of people.
func (p *People) Cell(t schemas.Table, c schemas.Column, text string) string {
	at, _ := whereOf(t, c)
	return p.text(text, at)
}

func (p *People) text(text string, at where) string {
	if p.Len() == 0 {
		return text
	}
	f := p.finder()
	defer p.finders.Put(f)
	text = withoutQuotes(f, text)
	source := []byte(text)
	var whole *entry
	var found bool
	if len(source) > window {
		found, _ = f.long(func() error { return nil }, source, false, at)
	} else {
		whole, found = f.text(view{text: source}, source, at)
	}
	if whole != nil {
		return string(whole.person.word)
	}
	if !found {
		return text
	}
	var made []byte
	last := 0
	for _, h := range f.hits {
		made = append(append(made, text[last:h.from]...), h.by...)
		last = h.to
	}
	return string(append(made, text[last:]...))
}

// MarshalText is the set as a lake holds it, without a key of anybody: the salt, and of each person the word, the mark, and of
// each key its kind, its length and its hash, as in "SALT;erased 1a2b3c4d id/32/HASH name/9/HASH". The order says nothing
// about when somebody was added.
func (p *People) MarshalText() ([]byte, error) {
	all := slices.Clone(p.persons)
	slices.SortFunc(all, func(a, b *person) int {
		return cmp.Or(strings.Compare(a.mark, b.mark), bytes.Compare(a.keys[0].hash[:], b.keys[0].hash[:]))
	})
	text := hex.AppendEncode(nil, p.salt)
	for _, one := range all {
		text = fmt.Appendf(text, ";%s %s", one.word, one.mark)
		for _, k := range one.keys {
			text = fmt.Appendf(text, " %s/%d/%x", formNames[k.form], k.length, k.hash)
		}
	}
	return text, nil
}

// UnmarshalText is the set that MarshalText wrote.
func (p *People) UnmarshalText(text []byte) error {
	all := strings.Split(string(text), ";")
	salt, err := hex.DecodeString(all[0])
	if err != nil {
		return errors.New("the salt of people is not in hexadecimal digits")
	}
	made, err := NewPeople(salt)
	if err != nil {
		return err
	}
	for i, one := range all[1:] {
		parts := strings.Split(one, " ")
		if len(parts) < 3 || !slices.Contains(Words(), Word(parts[0])) || len(parts[1]) != markDigits || !isHex([]byte(parts[1])) {
			return fmt.Errorf("number %d of the people needs a word, a mark and keys", i+1)
		}
		read := &person{word: Word(parts[0]), mark: parts[1]}
		for _, part := range parts[2:] {
			k, ok := parseKey(part)
			if !ok {
				return fmt.Errorf("number %d of the people has a key of no kind that is known: use the version of graphlake that wrote it", i+1)
			}
			read.keys = append(read.keys, k)
			made.enter(read, k)
		}
		made.persons = append(made.persons, read)
	}
	p.salt, p.persons, p.entries, p.forms, p.all, p.shortest = made.salt, made.persons, made.entries, made.forms, made.all, made.shortest
	return nil
}

func parseKey(text string) (k hashedKey, ok bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || len(parts[2]) != 2*len(k.hash) {
		return k, false
	}
	for one, name := range formNames {
		if name == parts[0] {
			k.form = one
		}
	}
	length, err := strconv.Atoi(parts[1])
	if k.length = length; err != nil || length <= 0 {
		return k, false
	}
	_, err = hex.Decode(k.hash[:], []byte(parts[2]))
	return k, k.form != 0 && err == nil
}

func (p *People) finder() *finder {
	if f, ok := p.finders.Get().(*finder); ok {
		return f
	}
	return newFinder(p)
}

// Digest tells sets of different people apart; "" of nobody.
func (p *People) Digest() string {
	if p.Len() == 0 {
		return ""
	}
	var marks []string
	for _, one := range p.persons {
		marks = append(marks, string(one.word)+one.mark)
	}
	slices.Sort(marks)
	return p.Hash(strings.Join(marks, " "))
}

// Hash tells a value from others to whoever has the salt, and gives nothing away to whom has not.
func (p *People) Hash(value string) string {
	mac := hmac.New(sha256.New, p.salt)
	_, _ = mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil)[:len(keyHash{})])
}
