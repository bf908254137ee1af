package prose

import "unicode"

// Characters that make one emoji of several (Unicode Technical Standard 51).
const (
	joiner       = '\u200d' // joins what is before it and after it
	asEmoji      = '\ufe0f' // shows what is before it as an emoji
	firstSkin    = '\U0001f3fb'
	lastSkin     = '\U0001f3ff'
	firstCountry = '\U0001f1e6' // two make a flag
	lastCountry  = '\U0001f1ff'
)

// emoji counts the emoji among characters, each with what belongs to it as one.
func emoji(text string) int {
	n := 0
	var before rune
	shown, joining, half := false, false, false // before is an emoji, joins, is half a flag
	for _, r := range text {
		wasHalf := half
		half = false
		switch {
		case r < '\u200d': // nearly all
			shown, joining = false, false
		case r == joiner:
			joining = shown
		case r == asEmoji:
			if !shown && before != 0 && !joining {
				n++
			}
			shown, joining = true, false
		case r >= firstSkin && r <= lastSkin && shown:
		case r >= firstCountry && r <= lastCountry:
			if half = !wasHalf; half {
				n++
			}
			shown, joining = true, false
		case unicode.Is(pictures, r):
			if !joining {
				n++
			}
			shown, joining = true, false
		default:
			shown = joining // a sign that is joined, as in ❤️‍🔥 or 🧑‍⚕️, belongs to the emoji
			joining = false
		}
		before = r
	}
	return n
}

// pictures are the characters that show as an emoji by themselves (Emoji_Presentation), and in the
// blocks of pictures their neighbours too.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x23f0, 0x23f3, 3}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1}, {0x267f, 0x2693, 20}, {0x26a1, 0x26aa, 9}, {0x26ab, 0x26bd, 18}, {0x26be, 0x26c4, 6},
		{0x26c5, 0x26ce, 9}, {0x26d4, 0x26ea, 22}, {0x26f2, 0x26f3, 1}, {0x26f5, 0x26fa, 5}, {0x26fd, 0x2705, 8},
		{0x270a, 0x270b, 1}, {0x2728, 0x274c, 36}, {0x274e, 0x2753, 5}, {0x2754, 0x2755, 1}, {0x2757, 0x2795, 62},
		{0x2796, 0x2797, 1}, {0x27b0, 0x27bf, 15}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b55, 5},
	},
	R32: []unicode.Range32{
		{0x1f004, 0x1f0cf, 203}, {0x1f18e, 0x1f18e, 1}, {0x1f191, 0x1f19a, 1}, {0x1f201, 0x1f201, 1}, {0x1f21a, 0x1f22f, 21},
		{0x1f232, 0x1f236, 1}, {0x1f238, 0x1f23a, 1}, {0x1f250, 0x1f251, 1}, {0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1},
		{0x1f7e0, 0x1f7eb, 1}, {0x1f7f0, 0x1f7f0, 1}, {0x1f90c, 0x1f9ff, 1}, {0x1fa70, 0x1faff, 1},
	},
}
