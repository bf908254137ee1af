package notify

import (
	"fmt"
	"strings"
)

// A card is the body that a Teams workflow of the kind "when a Teams webhook request is received" posts into a channel: an Adaptive
// Card in an attachment. What of it is text stands in TextRuns, where Teams reads no Markdown: names of datasets have underscores.

// mostShown events fit into a card, whose limit is 28 KB.
const mostShown = 25

type object map[string]any

// Card is the message as such a body.
func (m Message) card() object {
	body := []object{paragraph(object{"type": "TextRun", "text": m.Title, "weight": "bolder", "size": "large"})}
	for _, e := range m.Events[:min(len(m.Events), mostShown)] {
		runs := []object{
			{"type": "TextRun", "text": string(e.Kind) + "  ", "weight": "bolder", "color": colors[e.Kind]},
			{"type": "TextRun", "text": shortened(e.who())},
		}
		if detail := e.detail(); detail != "" {
			runs = append(runs, object{"type": "TextRun", "text": ": " + shortened(detail)})
		}
		if e.Cure != "" {
			runs = append(runs, object{"type": "TextRun", "text": "  " + e.Cure, "fontType": "monospace"})
		}
		body = append(body, paragraph(runs...))
	}
	if more := len(m.Events) - mostShown; more > 0 {
		body = append(body, paragraph(object{"type": "TextRun", "text": fmt.Sprintf("and %d more; graphlake status has all", more)}))
	}
	body = append(body, paragraph(object{"type": "TextRun", "text": fmt.Sprintf("lake %s, %s", shortened(m.Lake), m.Time.Format("2006-01-02 15:04 UTC")), "isSubtle": true, "size": "small"}))
	return object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive",
		"contentUrl":  nil,
		"content": object{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
			"fallbackText": m.Title, "msteams": object{"width": "Full"}, "body": body,
		},
	}}}
}

var colors = map[Kind]string{Failed: "attention", SignedOut: "attention", Refused: "attention", Lost: "attention", Late: "warning", Recovered: "good"}

func paragraph(runs ...object) object {
	return object{"type": "RichTextBlock", "inlines": runs, "spacing": "small"}
}

// mostCharacters of a text are shown in a card.
const mostCharacters = 400

func shortened(text string) string {
	r := []rune(strings.TrimSpace(text))
	if len(r) <= mostCharacters {
		return string(r)
	}
	return string(r[:mostCharacters]) + "…"
}
