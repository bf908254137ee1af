package prose

import "strings"

// flow lays text out in lines, as a browser would: runs of white space are one space, and lines end
// where a block does.
type flow struct {
	out  strings.Builder
	gap  byte // a space or a tab that is due before the next character of the line
	ends int  // line ends that are due
	pre  int  // how many blocks keep their white space
}

func (f *flow) text(s string) {
	for _, r := range s {
		switch {
		case r == '\r':
		case r == '\n' && f.pre > 0:
			f.ends++
		case f.pre == 0 && (r == ' ' || r == '\n' || r == '\t' || r == '\f'):
			if f.gap == 0 {
				f.gap = ' '
			}
		case r == '\u00a0': // no space to break a line at, but a space to a reader
			f.put(' ')
		default:
			f.put(r)
		}
	}
}

func (f *flow) put(r rune) {
	switch {
	case f.out.Len() == 0:
	case f.ends > 0:
		for range f.ends {
			f.out.WriteByte('\n')
		}
	case f.gap != 0:
		f.out.WriteByte(f.gap)
	}
	f.ends, f.gap = 0, 0
	f.out.WriteRune(r)
}

// line ends the line.
func (f *flow) line() { f.ends, f.gap = f.ends+1, 0 }

// block ends the line unless it has ended.
func (f *flow) block() { f.ends, f.gap = max(f.ends, 1), 0 }

// cell sets what follows off from the cell before it in the line.
func (f *flow) cell() { f.gap = '\t' }
