package json

// Trie is paths from a value on into what is in it, with what is known at the end of each. It is made first, and
// then safe for concurrent use.
type Trie[T any] struct {
	Root  *Node[T]
	nodes int
}

// Node is a place that paths lead to or through. All elements of an array are one place.
type Node[T any] struct {
	Is       T
	Number   int    // from 0, of the nodes of the trie
	Name     string // of the member; empty if the node is none
	Members  map[string]*Node[T]
	Elements *Node[T] // of an array
	First    *Node[T] // of an array: its first element

	spelled string // the name as it is mostly written, with quotes and colon
	lengths uint64 // of the members' names, a bit each; the highest for all that are longer
}

// Len is how many nodes there are.
func (t *Trie[T]) Len() int { return t.nodes }

// New is a new node, which no path leads to yet.
func (t *Trie[T]) New(name string) *Node[T] {
	n := &Node[T]{Number: t.nodes, Name: name, spelled: `"` + name + `":`}
	t.nodes++
	return n
}

// Into is the node of a member, which is made if there is none.
func (t *Trie[T]) Into(n *Node[T], name string) *Node[T] {
	to := n.Members[name]
	if to == nil {
		if n.Members == nil {
			n.Members = map[string]*Node[T]{}
		}
		to = t.New(name)
		n.Members[name] = to
		n.lengths |= 1 << min(len(name), 63)
	}
	return to
}

// Each is the node of an array's elements, which is made if there is none.
func (t *Trie[T]) Each(n *Node[T]) *Node[T] {
	if n.Elements == nil {
		n.Elements = t.New("")
	}
	return n.Elements
}

// longestName is how many bytes a name is looked at that has escapes: none that is looked for is as long.
const longestName = 4 << 10

// Order remembers the order in which members came: most of the time they come in the same, so that a name is
// compared and not looked up. It belongs to one goroutine.
type Order[T any] struct {
	next    []*Node[T] // at twice a node's number, of an object's first member; one further, of that behind a member
	scratch []byte
}

// NewOrder knows no order yet.
func NewOrder[T any](t *Trie[T]) Order[T] { return Order[T]{next: make([]*Node[T], 2*t.nodes)} }

// Member reads the name and the colon of a member of an object, and finds its node among the members of the
// object's; to is nil if it has none. behind is the node that was found last in the object, nil before the first.
func (o *Order[T]) Member(s *Scanner, in, behind *Node[T]) (name Value, to *Node[T], err error) {
	i := 2 * in.Number
	if behind != nil {
		i = 2*behind.Number + 1
	}
	if to = o.next[i]; to != nil && s.NameIs(to.spelled) {
		end := s.pos - len(`":`)
		return Value{Kind: String, Plain: true, Start: end - len(to.Name), End: end}, to, nil
	}
	if name, err = s.Name(); err != nil {
		return name, nil, err
	}
	text := s.Text(name)
	if !name.Plain {
		if len(text) > longestName {
			return name, nil, nil
		}
		o.scratch = AppendString(o.scratch[:0], text)
		text = o.scratch
	}
	if in.lengths>>min(len(text), 63)&1 == 0 { // as most names where few are known
		return name, nil, nil
	}
	if to = in.Members[string(text)]; to != nil {
		o.next[i] = to
	}
	return name, to, nil
}
