package privacy_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// What an object says of the person whose it is goes, in whatever words, and what others' say stays. A stands for her id, B for somebody else's.
func TestObjectsOfPeople(t *testing.T) {
	p := people(t, privacy.Settings{}, ada)
	const quote = `{"messageId":"1","messagePreview":"my diagnosis","messageSender":{"application":null,"user":{"id":"A","displayName":"Ada Old"}}}`
	for name, c := range map[string]struct{ text, want string }{
		"an identity": {`{"x":{"user":{"id":"A","displayName":"Old Name","userPrincipalName":"old@adatum.example","tenantId":"t","userIdentityType":"aadUser"}}}`,
			`{"x":{"user":{"id":"excluded","displayName":"excluded","userPrincipalName":"excluded","tenantId":"t","userIdentityType":"aadUser"}}}`},
		"its id is the last": {`{"user":{"displayName":"Old Name","otherMails":["old@adatum.example"],"id":"A"}}`, `{"user":{"displayName":"excluded","otherMails":[],"id":"excluded"}}`},
		"a word is its id":   {`{"user":{"id":"excluded","displayName":"Old Name"}}`, `{"user":{"id":"excluded","displayName":"excluded"}}`},
		"no name":            {`{"user":{"id":"A","displayName":null}}`, `{"user":{"id":"excluded","displayName":null}}`},
		"escaped":            {`{"user":{"\u0069d":"A","display\u004eame":"Old \"Name\""}}`, `{"user":{"\u0069d":"excluded","display\u004eame":"excluded"}}`},
		"somebody else":      {`{"user":{"id":"B","displayName":"Ada","userPrincipalName":"` + adaAt + `","mail":"x@y.example"}}`, `{"user":{"id":"B","displayName":"Ada","userPrincipalName":"excluded","mail":"x@y.example"}}`},
		"their manager":      {`{"id":"B","displayName":"Bob","manager":{"id":"A","displayName":"Old"},"jobTitle":"x"}`, `{"id":"B","displayName":"Bob","manager":{"id":"excluded","displayName":"excluded"},"jobTitle":"x"}`},
		"a member":           {`{"members":[{"id":"bWVt","userId":"A","displayName":"Old","email":"old@adatum.example","roles":["owner"]},{"id":"bWVu","userId":"B","displayName":"Bob"}]}`, `{"members":[{"id":"bWVt","userId":"excluded","displayName":"excluded","email":"excluded","roles":["owner"]},{"id":"bWVu","userId":"B","displayName":"Bob"}]}`},
		"an attendee": {`{"attendees":[{"type":"required","emailAddress":{"name":"Byron, A.","address":"` + adaAt + `"},"status":{"response":"none"}},{"emailAddress":{"name":"Bob","address":"bob@adatum.example"}}],"location":{"displayName":"Room","address":{"city":"x"}}}`,
			`{"attendees":[{"type":"required","emailAddress":{"name":"excluded","address":"excluded"},"status":{"response":"none"}},{"emailAddress":{"name":"Bob","address":"bob@adatum.example"}}],"location":{"displayName":"Room","address":{"city":"x"}}}`},
		"another identity of theirs": {`{"identity":{"user":{"id":"A"},"device":{"id":"d","displayName":"phone of Old"},"assertedIdentity":{"displayName":"Old"},"application":null}}`,
			`{"identity":{"user":{"id":"excluded"},"device":null,"assertedIdentity":null,"application":null}}`},
		"a number":  {`{"identity":{"phone":{"id":"+493055501234","displayName":"Old"}}}`, `{"identity":{"phone":{"id":"excluded","displayName":"excluded"}}}`},
		"a mention": {`{"mentions":[{"id":0,"mentionText":"Adi","mentioned":{"user":{"id":"A"}}},{"id":1,"mentionText":"Bob","mentioned":{"user":{"id":"B"}}}]}`, `{"mentions":[{"id":0,"mentionText":"excluded","mentioned":{"user":{"id":"excluded"}}},{"id":1,"mentionText":"Bob","mentioned":{"user":{"id":"B"}}}]}`},
		"a reaction": {`{"reactions":[{"reactionType":"like","displayName":"Heart","user":{"user":{"id":"A","displayName":"Old"}}}],"subject":"x"}`,
			`{"reactions":[{"reactionType":"like","displayName":"Heart","user":{"user":{"id":"excluded","displayName":"excluded"}}}],"subject":"x"}`},
		"a log row of somebody else": {`{"id":"row","userId":"B","userDisplayName":"Bob","userPrincipalName":"bob@adatum.example","calleeNumber":"+493055501234"}`,
			`{"id":"row","userId":"B","userDisplayName":"Bob","userPrincipalName":"bob@adatum.example","calleeNumber":"excluded"}`},
		"a log row": {`{"id":"row","userId":"A","userDisplayName":"Old","userPrincipalName":"old@adatum.example","duration":1}`, `{"id":"row","userId":"excluded","userDisplayName":"excluded","userPrincipalName":"excluded","duration":1}`},
		"an endpoint": {`{"caller":{"name":"OLD-PC","cpuName":"cpu","cpuCoresCount":8,"feedback":{"rating":"bad","text":"my boss","tokens":{"x":true}},"userAgent":{"headerValue":"ua","platform":"windows"},"associatedIdentity":{"id":"A","displayName":"Old"}},"callee":{"name":"BOB-PC","identity":{"user":{"id":"B"}},"feedback":{"text":"fine"}}}`,
			`{"caller":{"name":null,"cpuName":null,"cpuCoresCount":8,"feedback":{"rating":"bad","text":null,"tokens":{"x":true}},"userAgent":{"headerValue":null,"platform":"windows"},"associatedIdentity":{"id":"excluded","displayName":"excluded"}},"callee":{"name":"BOB-PC","identity":{"user":{"id":"B"}},"feedback":{"text":"fine"}}}`},
		"the media of a side": {`{"segments":[{"media":[{"callerNetwork":{"ipAddress":"10.0.0.1","port":5,"traceRouteHops":[{"ipAddress":"10.0.0.2"}]},"callerDevice":{"captureDeviceName":"Ada's"},"calleeNetwork":{"ipAddress":"10.0.0.3"},"calleeDevice":{"captureDeviceName":"Bob's"}}],"caller":{"identity":{"user":{"id":"A"}}},"callee":{"identity":{"user":{"id":"B"}}}}]}`,
			`{"segments":[{"media":[{"callerNetwork":{"ipAddress":null,"port":5,"traceRouteHops":null},"callerDevice":{"captureDeviceName":null},"calleeNetwork":{"ipAddress":"10.0.0.3"},"calleeDevice":{"captureDeviceName":"Bob's"}}],"caller":{"identity":{"user":{"id":"excluded"}}},"callee":{"identity":{"user":{"id":"B"}}}}]}`},
		"the media of a segment whose session says who": {`{"callee":{"identity":{"user":{"id":"A"}}},"segments":[{"callee":null,"media":[{"calleeNetwork":{"macAddress":"m"}},{"callerNetwork":{"macAddress":"n"}}]}]}`,
			`{"callee":{"identity":{"user":{"id":"excluded"}}},"segments":[{"callee":null,"media":[{"calleeNetwork":{"macAddress":null}},{"callerNetwork":{"macAddress":"n"}}]}]}`},
		"media of another segment": {`{"segments":[{"caller":{"identity":{"user":{"id":"A"}}}},{"caller":{"identity":{"user":{"id":"B"}}},"media":[{"callerNetwork":{"macAddress":"n"}}]}]}`,
			`{"segments":[{"caller":{"identity":{"user":{"id":"excluded"}}}},{"caller":{"identity":{"user":{"id":"B"}}},"media":[{"callerNetwork":{"macAddress":"n"}}]}]}`},
		"a message in a chat": {`{"id":"chat","topic":"t","lastMessagePreview":{"from":{"user":{"id":"A"}},"body":{"content":"secret"}},"x":{"from":{"user":{"id":"B"}},"body":{"content":"open"}}}`,
			`{"id":"chat","topic":"t","lastMessagePreview":{"from":{"user":{"id":"excluded"}},"body":null},"x":{"from":{"user":{"id":"B"}},"body":{"content":"open"}}}`},
		"a quote": {`{"attachments":[{"contentType":"messageReference","content":` + quotedJSON(t, quote) + `}]}`,
			`{"attachments":[{"contentType":"messageReference","content":` + quotedJSON(t, strings.NewReplacer(`"my diagnosis"`, "null", "A\"", `excluded"`, "Ada Old", "excluded").Replace(quote)) + `}]}`},
		"a quote of somebody else": {`{"content":` + quotedJSON(t, strings.Replace(quote, `"A"`, `"B"`, 1)) + `}`, `{"content":` + quotedJSON(t, strings.Replace(quote, `"A"`, `"B"`, 1)) + `}`},
		"a message passed on": {`{"content":` + quotedJSON(t, `{"originalMessageContent":"<p>secret</p>","originalMessageSender":{"user":{"id":"A"}}}`) + `}`,
			`{"content":` + quotedJSON(t, `{"originalMessageContent":null,"originalMessageSender":{"user":{"id":"excluded"}}}`) + `}`},
		"a quote in HTML": {`{"body":{"content":` + quotedJSON(t, blockquote("A")+`<p>so sorry</p>`+blockquote("B")) + `}}`,
			`{"body":{"content":` + quotedJSON(t, strings.NewReplacer("8:orgid:A", "8:orgid:excluded", "Old Name", "excluded", "my <b>diagnosis</b>", "").Replace(blockquote("A"))+`<p>so sorry</p>`+blockquote("B")) + `}}`},
		"a quote in HTML, escaped": {`{"content":"` + strings.NewReplacer("<", `\u003c`, ">", `\u003E`, `"`, `\"`).Replace(blockquote("A")) + `"}`,
			`{"content":"` + strings.NewReplacer("<", `\u003c`, ">", `\u003E`, `"`, `\"`).Replace(strings.NewReplacer("8:orgid:A", "8:orgid:excluded", "Old Name", "excluded", "my <b>diagnosis</b>", "").Replace(blockquote("A"))) + `"}`},
	} {
		ids := strings.NewReplacer(`"A"`, `"`+adaID+`"`, `"B"`, `"`+bobID+`"`, `\"A\"`, `\"`+adaID+`\"`, `\"B\"`, `\"`+bobID+`\"`, ":A\\", ":"+adaID+"\\", ":B\\", ":"+bobID+"\\")
		text, want := ids.Replace(c.text), ids.Replace(c.want)
		f, err := p.Filter(schemas.Dataset{})
		if err != nil {
			t.Fatal(err)
		}
		got, keep := apply(t, f, record.Record{JSON: []byte(text)})
		if !keep || string(got.JSON) != want {
			t.Errorf("%s\n%s became\n%s, want\n%s", name, text, got.JSON, want)
		}
		again, _ := apply(t, f, record.Record{JSON: []byte(string(got.JSON))})
		if string(again.JSON) != want {
			t.Errorf("%s, looked at again, became\n%s", name, again.JSON)
		}
	}
}

func quotedJSON(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(quoted))
}

func blockquote(id string) string {
	return `<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1"><strong itemprop="mri" itemid="8:orgid:` + id +
		`">Old Name</strong><span itemprop="time" itemid="1"></span><p itemprop="preview">my <b>diagnosis</b></p></blockquote>`
}

// In a text of a table quotes go, too.
func TestQuotesInTexts(t *testing.T) {
	p := people(t, privacy.Settings{}, ada)
	for text, want := range map[string]string{
		`{"messagePreview":"secret","messageSender":{"user":{"id":"` + adaID + `"}}}`: `{"messagePreview":null,"messageSender":{"user":{"id":"excluded"}}}`,
		`{"messagePreview":"open","messageSender":{"user":{"id":"` + bobID + `"}}}`:   `{"messagePreview":"open","messageSender":{"user":{"id":"` + bobID + `"}}}`,
		blockquote(adaID): strings.NewReplacer("8:orgid:"+adaID, "8:orgid:excluded", "Old Name", "excluded", "my <b>diagnosis</b>", "").Replace(blockquote(adaID)),
		blockquote(bobID): blockquote(bobID),
	} {
		if got := p.Text(text); got != want || p.Text(got) != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

// Wherever in a long text somebody is, also where two windows meet, they go once, and nobody who is only like them.
func TestLongTexts(t *testing.T) {
	p := people(t, privacy.Settings{}, ada)
	for _, c := range [][2]string{
		{" " + adaAt + " ", " excluded "}, {" " + adaName + " ", " excluded "}, {" " + adaName + "son ", " " + adaName + "son "}, {` \"` + adaID + `\" `, ` \"excluded\" `},
	} {
		for _, before := range []int{0, 47 << 10, 48<<10 - 5, 48 << 10, 49<<10 - 7, 63 << 10, 64<<10 - 12, 64 << 10, 64<<10 + 3, 96<<10 - 9, 200 << 10} {
			f, err := p.Filter(schemas.Dataset{})
			if err != nil {
				t.Fatal(err)
			}
			front, behind := `{"x":"`+strings.Repeat("say ", before/4)+strings.Repeat("y", before%4), strings.Repeat(" hello", 20<<10)+`"}`
			got, _ := apply(t, f, record.Record{JSON: []byte(front + c[0] + behind)})
			if string(got.JSON) != front+c[1]+behind {
				t.Errorf("%q behind %d bytes is not %q", c[0], before, c[1])
			}
		}
	}
}

// A filter of a long text ends when its context does.
func TestFilterEnds(t *testing.T) {
	f, err := people(t, privacy.Settings{}, ada).Filter(schemas.Dataset{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	end()
	for _, text := range []string{`{"x":"` + strings.Repeat("a b ", 1<<20) + `"}`, `["` + strings.Repeat(`a b","`, 1<<20) + `"]`, "no JSON", strings.Repeat("no JSON", 1<<20)} {
		if _, keep, err := f.Apply(ctx, record.Record{JSON: []byte(text)}); keep || !errors.Is(err, context.Canceled) {
			t.Errorf("%v %v", keep, err)
		}
	}
}
