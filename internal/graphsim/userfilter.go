package graphsim

import (
	"regexp"
	"strconv"
	"strings"
)

// A userFilter is what $filter says of users: conditions that all hold.
type userFilter []func(*person) bool

func (f userFilter) holds(p *person) bool {
	for _, condition := range f {
		if !condition(p) {
			return false
		}
	}
	return true
}

// parseUserFilter reads a $filter of users. Graph knows many more conditions than this simulator.
func parseUserFilter(text string) (userFilter, error) {
	var f userFilter
	for term := range strings.SplitSeq(text, " and ") {
		condition, err := userCondition(strings.Fields(term))
		if err != nil {
			return nil, err
		}
		f = append(f, condition)
	}
	return f, nil
}

var (
	word    = regexp.MustCompile(`^\w*$`)
	literal = regexp.MustCompile(`^'([^']*)'$`)
)

// userCondition reads one condition, as words.
func userCondition(part []string) (func(*person) bool, error) {
	switch {
	case len(part) == 0 || len(part) < 3 && word.MatchString(part[0]):
		return nil, badRequest("Invalid filter clause: Syntax error in '%s'.", strings.Join(part, " "))
	case word.MatchString(part[0]) && !isUserProperty(part[0]):
		return nil, badRequest("Invalid filter clause: Could not find a property named '%s' on type 'microsoft.graph.user'.", part[0])
	case len(part) != 3 || part[1] != "eq":
	case part[0] == "accountEnabled":
		enabled, err := strconv.ParseBool(part[2])
		if err != nil || part[2] != strconv.FormatBool(enabled) {
			return nil, incompatible(part[0], part[2])
		}
		return func(p *person) bool { return p.enabled == enabled }, nil
	case part[0] == "userType":
		m := literal.FindStringSubmatch(part[2])
		if m == nil {
			return nil, incompatible(part[0], part[2])
		}
		// The directory compares texts without regard to case.
		return func(p *person) bool { return strings.EqualFold(p.userType(), m[1]) }, nil
	}
	return nil, refuse(501, "NotImplemented", "This simulator filters users by accountEnabled eq and userType eq only.")
}

func incompatible(name, text string) error {
	return badRequest("Invalid filter clause: A binary operator with incompatible types was detected: '%s' and %s.", name, text)
}
