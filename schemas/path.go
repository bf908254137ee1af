package schemas

import (
	"fmt"
	"strings"
)

// Path says where in a record a value is:
//
//	organizer_v2.identity.user.id    members of objects
//	sessions[].segments[].id         every element of an array
//	manager@delta[0].id              the first element of an array
//	eventDetail{}                    an object, as a collection of one; none where it is null
//	caller.@odata.type               a member's own name may hold "@odata." and what follows it
//	subject@graphlake.characters     what graphlake says of the member before the "@": characters or shape
//	streams[]#                       the position of an element in its array, from 0; "#" alone: of the row
//	/id                              from the record on, in a column whose row is further down
//
// The empty path is the element itself, "/" the record itself.
type Path string

// none is a path at which no record holds a value.
const none Path = "@none"

// Step is one step of a path: into a member of an object, into an array, or to a position.
type Step struct {
	Kind StepKind
	Name string // of the member
}

// StepKind is the kind of a [Step].
type StepKind uint8

// The kinds of steps.
const (
	Into     StepKind = iota + 1 // the member Name
	Each                         // every element
	FirstOf                      // the first element
	Position                     // the element's position; the last step
	Only                         // the object itself, as the only element of a collection
)

// FromRecord reports whether the path starts at the record rather than at the row's element.
func (p Path) FromRecord() bool { return strings.HasPrefix(string(p), "/") }

// Steps parses the path, without regard to where it starts.
func (p Path) Steps() ([]Step, error) {
	var steps []Step
	rest := strings.TrimPrefix(string(p), "/")
	rest, position := strings.CutSuffix(rest, "#")
	for rest != "" {
		var name string
		name, rest = cutMember(rest)
		name, arrays, err := cutArrays(name)
		if err != nil || name == "" || strings.ContainsAny(name, "/#[]{}") {
			return nil, fmt.Errorf("path %q: want names divided by dots, each perhaps followed by [], [0] or {}", p)
		}
		steps = append(append(steps, Step{Into, name}), arrays...)
		if rest == "." {
			return nil, fmt.Errorf("path %q ends with a dot", p)
		}
		rest = strings.TrimPrefix(rest, ".")
	}
	if position {
		if n := len(steps); n > 0 && steps[n-1].Kind != Each {
			return nil, fmt.Errorf("path %q: # asks for a position, so what is before it has to end with []", p)
		}
		steps = append(steps, Step{Kind: Position})
	}
	return steps, nil
}

// ofLength is behind the name of a text in the name of the member beside it that says how many characters the text has:
// [Local] annotates it, whatever the lake keeps of it.
const ofLength = Local + ".characters"

// ofShape is behind the name of a number in the name of the member beside it that says what of it is not about whose it is,
// where the lake has a pseudonym in its place.
const ofShape = Local + ".shape"

// LengthOf is the path of the text of whose length a path is.
func (p Path) LengthOf() (text Path, ok bool) { return p.said(ofLength) }

// ShapeOf is the path of the number of whose shape a path is.
func (p Path) ShapeOf() (number Path, ok bool) { return p.said(ofShape) }

// said is the path of what something is said of.
func (p Path) said(something string) (of Path, ok bool) {
	before, ok := strings.CutSuffix(string(p), something)
	return Path(before), ok && before != "" && !strings.HasSuffix(before, ".") && !strings.HasSuffix(before, "/")
}

// cutMember cuts the text before the next dot that divides members; "@odata." is part of a name, and so is
// "@graphlake." behind one.
func cutMember(s string) (member, rest string) {
	from := 0
	for {
		dot := strings.IndexByte(s[from:], '.')
		if dot < 0 {
			return s, ""
		}
		dot += from
		if name, _ := strings.CutSuffix(s[:dot], Local); !strings.HasSuffix(s[:dot], "@odata") && (name == "" || len(name) == dot) {
			return s[:dot], s[dot:]
		}
		from = dot + 1
	}
}

func cutArrays(member string) (name string, arrays []Step, err error) {
	i := strings.IndexAny(member, "[{")
	if i < 0 {
		return member, nil, nil
	}
	name = member[:i]
	for rest := member[i:]; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "[]"):
			arrays, rest = append(arrays, Step{Kind: Each}), rest[2:]
		case strings.HasPrefix(rest, "[0]"):
			arrays, rest = append(arrays, Step{Kind: FirstOf}), rest[3:]
		case strings.HasPrefix(rest, "{}"):
			arrays, rest = append(arrays, Step{Kind: Only}), rest[2:]
		default:
			return "", nil, fmt.Errorf("neither [], [0] nor {}")
		}
	}
	return name, arrays, nil
}

// Beside is the path of another member of the object that the path's last member is in.
func (p Path) Beside(name string) (Path, error) {
	steps, err := p.Steps()
	if err != nil {
		return "", err
	}
	if n := len(steps); n == 0 || steps[n-1].Kind != Into {
		return "", fmt.Errorf("path %q: nothing is beside it, because it does not end with a member", p)
	}
	return p[:len(p)-len(steps[len(steps)-1].Name)] + Path(name), nil
}

// Absolute is the path from the record on, for a column whose rows are the elements of each.
func (p Path) Absolute(each Path) Path {
	switch {
	case p.FromRecord():
		return p[1:]
	case each == "":
		return p
	case p == "" || p == "#":
		return each + p
	default:
		return each + "." + p
	}
}
