package privacy

import "bytes"

// A long text is looked at a window at a time, so that what this takes is bounded, and somebody who asks for an end is heard.
// Windows overlap. What lies at the edge of one, where it may be part of something longer, the next one sees whole.
const (
	window  = 64 << 10
	overlap = 16 << 10
	edge    = 1 << 10
)

// long finds people in a long text, which is none of their keys, as text does in others. It may be of a JSON string.
func (f *finder) long(stop func() error, text []byte, escaped bool, at where) (found bool, err error) {
	f.far, f.where = f.far[:0], at
	for from := 0; ; from += window - overlap {
		if err := stop(); err != nil {
			return false, err
		}
		to := min(from+window, len(text))
		part := view{text: text[from:to]}
		if escaped && bytes.IndexByte(part.text, '\\') >= 0 {
			f.first = unescape(part.text, f.first)
			part = f.first
		}
		f.hits = f.hits[:0]
		f.in(part)
		for _, h := range f.hits {
			h.from, h.to = h.from+from, h.to+from
			inside := (from == 0 || h.from >= from+edge) && (to == len(text) || h.to <= to-edge)
			if inside || h.to-h.from > overlap/2 {
				f.far = append(f.far, h)
			}
		}
		if to == len(text) {
			break
		}
	}
	if f.hits = append(f.hits[:0], f.far...); len(f.hits) == 0 {
		return false, nil
	}
	f.settle()
	f.fill(text)
	return true, nil
}
