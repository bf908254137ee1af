package graph

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"graphlake/internal/foreign"
)

func TestErrorsAreClassified(t *testing.T) {
	graphError := func(code, inner string) string {
		return fmt.Sprintf(`{"error":{"code":%q,"message":"What\nGraph  says.","innerError":{"date":"2026-11-22T10:00:00","request-id":"5f2c","innererror":{"code":%q}}}}`, code, inner)
	}
	tests := []struct {
		name   string
		status int
		body   string
		want   Kind
	}{
		{"bad filter", 400, graphError("BadRequest", "invalidFilter"), Rejected},
		{"old directory token", 400, graphError("Directory_SyncStateNotFound", ""), ExpiredCursor},
		{"old page token", 400, graphError("Directory_ExpiredPageToken", ""), ExpiredCursor},
		{"bad delta token", 400, graphError("BadRequest", "invalidDeltaToken"), ExpiredCursor},
		{"bad skip token", 400, graphError("InvalidSkipToken", ""), ExpiredCursor},
		{"a skip token and another fault", 400, graphError("SkipTokenNotAllowed", ""), Rejected},
		{"out of a steady state", 400, `{"error":{"code":"BadRequest","message":"The Steady State was lost."}}`, ExpiredCursor},
		{"a token that expired", 404, `{"error":{"code":"UnknownError","message":"Your token has expired"}}`, ExpiredCursor},
		{"a token no longer known", 400, `{"error":{"code":"","message":"This token is no longer supported."}}`, ExpiredCursor},
		{"a lost sync state in words", 400, `{"Message":"Sync state not found"}`, ExpiredCursor},
		{"forbidden, not expired", 403, graphError("syncStateNotFound", ""), Unauthorized},
		{"lost sync state", 400, graphError("syncStateNotFound", ""), ExpiredCursor},
		{"lost sync state inside", 404, graphError("itemNotFound", "SyncStateInvalid"), ExpiredCursor},
		{"resync", 410, graphError("resyncRequired", ""), ExpiredCursor},
		{"gone", 410, ``, ExpiredCursor},
		{"forbidden", 403, graphError("Forbidden", "AccessDenied"), Unauthorized},
		{"a switch of the tenant", 403, graphError("Forbidden", "GraphAccessToTranscriptsDisabled"), Off},
		{"no speakers", 403, graphError("Forbidden", "SpeakerAttributionNotAllowed"), NoAttribution},
		{"no speakers, in the outer code", 403, graphError("speakerAttributionNotAllowed", ""), NoAttribution},
		{"no speakers, of something that is missing", 404, graphError("NotFound", "SpeakerAttributionNotAllowed"), NotFound},
		{"no policy", 403, `{"error":{"code":"Forbidden","message":"No Application Access Policy found for this app."}}`, NoPolicy},
		{"no policy, in other words", 403, `{"error":{"code":"General","message":"Application is not allowed to perform operations on the user '5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30'."}}`, NoPolicy},
		{"no policy, of old", 403, `{"error":{"code":"Unauthorized","message":"App 5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30 is not authorized to read meetings on behalf of user 5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b31"}}`, NoPolicy},
		{"a policy of Exchange", 403, `{"error":{"code":"ErrorAccessDenied","message":"Access is blocked by the tenant's AppOnly AccessPolicy settings."}}`, Unauthorized},
		{"a token without a policy", 401, `{"error":{"code":"Unauthorized","message":"No application access policy found for this app."}}`, Unauthorized},
		{"no premium license", 403, graphError("Authentication_RequestFromNonPremiumTenantOrB2CTenant", ""), Off},
		{"no license for roles", 400, graphError("AadPremiumLicenseRequired", ""), Off},
		{"no SharePoint", 400, `{"error":{"code":"BadRequest","message":"Tenant does not have a SPO license."}}`, Off},
		{"no Intune", 400, `{"error":{"code":"BadRequest","message":"Request not applicable to target tenant."}}`, Off},
		{"a user without a license", 403, `{"error":{"code":"Forbidden","message":"The user does not have a license."}}`, Unauthorized},
		{"throttled, whatever it says", 429, graphError("AadPremiumLicenseRequired", ""), Throttled},
		{"missing", 404, graphError("NotFound", ""), NotFound},
		{"range too long", 406, graphError("NotAcceptable", ""), Rejected},
		{"not implemented", 501, graphError("NotImplemented", ""), Rejected},
		{"a redirect", 302, ``, Rejected},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onClock(t, Options{}, answer(test.status, test.body, "Location", "http://fabrikam.example/"), func(t *testing.T, c *Client) {
				_, err := c.Get(t.Context(), users)
				if got := KindOf(fmt.Errorf("unit 7: %w", err)); got != test.want {
					t.Errorf("kind of %v = %v, want %v", err, got, test.want)
				}
			})
		})
	}
}

func TestErrorSaysWhatWhyAndCure(t *testing.T) {
	graph := answer(403, `{"error":{"code":"Forbidden","message":"Caller is\n not allowed.","innerError":{"code":"AccessDenied","request-id":"inner"}}}`, "request-id", "8d1f")
	r := Request{
		Version: "v1.0", Path: "/users/{id}/events", Params: map[string]string{"id": "7b"},
		Query: []Param{{"$filter", "a eq 'b c'"}, {"$skiptoken", "s3cret"}, {"$select", strings.Repeat("displayName,", 20)}},
	}
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		_, err := c.Get(t.Context(), r)
		want := "GET /v1.0/users/7b/events?$filter=a eq 'b c'&$skiptoken=…&$select=" + strings.Repeat("displayName,", 10) + "…: " +
			"unauthorized: 403 Forbidden: Forbidden/AccessDenied: Caller is not allowed. (request id 8d1f); grant the application the permission for this request, with admin consent"
		if got := fmt.Sprint(err); got != want {
			t.Errorf("error = %s\nwant    %s", got, want)
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Status != 403 || e.Code.String() != "Forbidden" || e.InnerCode.String() != "AccessDenied" || e.RequestID.String() != "8d1f" || e.Tries != 1 {
			t.Errorf("error = %+v", e)
		}
	})
}

// Graph's own words name users by id and address, and the log of a lake with pseudonyms must not.
func TestErrorNamesNobody(t *testing.T) {
	for message, want := range map[string]string{
		"User '5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30' has no mailbox.":            ": User '…' has no mailbox. ",
		"Mailbox not enabled: ines@fabrikam.example (/o=x).":                     ": Mailbox not enabled: … (…). ",
		"No thread 19:5EC2E7AA-93b5-4c08-8d6f-2f5a7c1e9b30_x@unq.gbl.spaces, 7.": ": No thread … 7. ",
	} {
		onClock(t, Options{}, answer(404, fmt.Sprintf(`{"error":{"code":"NotFound","message":%q}}`, message), "request-id", "8d1f"), func(t *testing.T, c *Client) {
			if _, err := c.Get(t.Context(), users); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s became %v", message, err)
			}
		})
	}
}

// Whatever form an error has, its words are said; and of those that have none, that there are none.
func TestErrorBodies(t *testing.T) {
	deep := strings.Repeat(`{"innerError":`, 5000) + `{"code":"bottom"}` + strings.Repeat("}", 5000)
	for _, c := range []struct{ name, body, want string }{
		{"Graph's", `{"error":{"code":"c","message":"m","innerError":{"code":"i","innererror":{"code":"j","request-id":"r"}}}}`, "c/j: m (request id r)"},
		{"the inner one first", `{"error":{"innerError":{"innererror":{"code":"j"},"code":"i"},"code":"c"}}`, "c/j"},
		{"one code twice", `{"error":{"code":"c","message":"m","innerError":{"code":"c"}}}`, "c: m"},
		{"no code", `{"error":{"code":"","message":"m"}}`, "m"},
		{"code null", `{"error":{"code":null,"message":"m"}}`, "m"},
		{"a number", `{"error":{"code":500121,"message":"m"}}`, "500121: m"},
		{"no words", `{"error":{"code":"","message":""}}`, "an error without a code or a message"},
		{"Entra's", `{"error":"invalid_client","error_description":"AADSTS7000222: The secret of 5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30 expired. Trace ID: 1 Correlation ID: 2","error_codes":[1]}`,
			"invalid_client/AADSTS7000222: AADSTS7000222: The secret of … expired."},
		{"a sentence", `{"error":"No mailbox ines@fabrikam.example"}`, "No mailbox …"},
		{"bare", `{"code":"c","message":"m"}`, "c: m"},
		{"a gateway's", `{"Message":"m"}`, "m"},
		{"of old", `{"odata.error":{"code":"c","message":{"lang":"en","value":"m"}}}`, "c: m"},
		{"a byte order mark", "\ufeff" + `{"error":{"code":"c","message":"m"}}`, "c: m"},
		{"no UTF-8", "{\"error\":{\"code\":\"c\",\"message\":\"m\xff\"}}", "c: m\ufffd"},
		{"cut off", `{"error":{"code":"c","message":"m","inn`, "c: m"},
		{"null", `{"error":null}`, "an answer of 14 bytes of application/json without Graph's error"},
		{"no object", `["c"]`, "an answer of 5 bytes of application/json without Graph's error"},
		{"nothing", ``, "an answer of 0 bytes of application/json without Graph's error"},
		{"large", `{"error":{"code":"c","message":"m","x":"` + strings.Repeat("x", 1<<20) + `"}}`, "c: m"},
		{"deep", `{"error":{"code":"c","message":"m","innerError":` + deep + `}}`, "c: m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onClock(t, Options{}, answer(403, c.body), func(t *testing.T, client *Client) {
				_, err := client.Get(t.Context(), users)
				_, got, _ := strings.Cut(fmt.Sprint(err), "403 Forbidden: ")
				if got, _, _ = strings.Cut(got, "; grant"); got != c.want {
					t.Errorf("error = %s, want %q", err, c.want)
				}
			})
		})
	}
}

// FuzzReadGraphError: whatever a body is, its words are short, valid text of one line.
func FuzzReadGraphError(f *testing.F) {
	f.Add([]byte(`{"error":{"code":"c","message":"m","innerError":{"code":"i","request-id":"r"}}}`))
	f.Add([]byte(`{"error":"c d","error_description":"AADSTS1: a@b Trace ID: 1"}`))
	f.Add([]byte("\ufeff{\"code\":1,\"Message\":{\"value\":\"\xff\"}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, _ := readGraphError(body)
		for _, text := range []foreign.Text{w.code, w.innerCode, w.message, w.requestID} {
			if s := text.String(); !utf8.ValidString(s) || utf8.RuneCountInString(s) > foreign.Most || strings.ContainsAny(s, "\n\r") {
				t.Fatalf("%q has the words %q", body, s)
			}
		}
	})
}

// A body that is no error of Graph's may hold anything, records included. Whose mailbox it was is not said either.
func TestErrorsAndLogsKeepSecrets(t *testing.T) {
	var log bytes.Buffer
	o := Options{Token: StaticToken{"s3cret-token"}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, status := range []int{400, 403, 503, 200} {
		onClock(t, o, answer(status, `[{"body":"s3cret-record"}]`), func(t *testing.T, c *Client) {
			for _, err := range c.Follow(t.Context(), users, endpoint+"/v1.0/users/5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30/chats?%24deltatoken=s3cret-delta&skipToken=s3cret-skip") {
				if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "/users/…/chats") || strings.Contains(fmt.Sprintf("%+v", err), "s3cret") {
					t.Errorf("status %d: error = %v", status, err)
				}
			}
		})
	}
	if !strings.Contains(log.String(), "kind=unavailable status=503") || strings.Contains(log.String(), "s3cret") || strings.Contains(log.String(), "5ec2e7aa") {
		t.Errorf("log = %s", log.String())
	}
}

func TestSecretIsRedacted(t *testing.T) {
	s := Secret("hunter2")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).InfoContext(t.Context(), "x", "s", s, "in", struct{ S Secret }{s})
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{
		s.String(), string(text), log.String(), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %X %d %t", s, s, s, s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", struct{ S Secret }{s}, []Secret{s}, map[string]Secret{"k": s}), fmt.Sprintf("%v %+v %#v %d", StaticToken{s}, StaticToken{s}, StaticToken{s}, StaticToken{s}), fmt.Sprintf("%+v %#v", StaticToken{s}, &StaticToken{s}),
	} {
		if strings.Contains(got, "hunter2") || strings.Contains(got, fmt.Sprintf("%x", "hunter2")) || !strings.Contains(got, "[redacted]") {
			t.Errorf("printed %q", got)
		}
	}
	if s.Reveal() != "hunter2" {
		t.Errorf("Reveal = %q", s.Reveal())
	}
}

func TestNewRefusesBadOptions(t *testing.T) {
	good := Options{Endpoint: "https://graph.example/", Token: StaticToken{"t"}}
	with := func(change func(*Options)) Options {
		o := good
		change(&o)
		return o
	}
	tests := []struct {
		name, want string
		options    Options
	}{
		{"nothing wrong", "", good},
		{"this machine", "", with(func(o *Options) { o.Endpoint = "http://[::1]:80" })},
		{"no endpoint", "must be a scheme and a host", with(func(o *Options) { o.Endpoint = "" })},
		{"a path", "must be a scheme and a host", with(func(o *Options) { o.Endpoint = "https://graph.example/v1.0" })},
		{"a password", "must be a scheme and a host", with(func(o *Options) { o.Endpoint = "https://a:s3cret@graph.example" })},
		{"in the clear", "must be https", with(func(o *Options) { o.Endpoint = "http://graph.example" })},
		{"no token", "Options.Token", with(func(o *Options) { o.Token = nil })},
		{"backwards", "must not be negative", with(func(o *Options) { o.Rate = -1 })},
		{"less than no memory", "must not be negative", with(func(o *Options) { o.InFlight = -1 })},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := New(test.options)
			if got := fmt.Sprint(err); (test.want == "") != (err == nil) || (err != nil && !strings.Contains(got, test.want)) || strings.Contains(got, "s3cret") {
				t.Errorf("error = %v, want %q", err, test.want)
			}
		})
	}
}

func TestBadTemplateIsRejected(t *testing.T) {
	graph := func(http.ResponseWriter, *http.Request) { t.Error("asked all the same") }
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		for _, r := range []Request{
			{Version: "v1.0", Path: "/users/{id", Params: map[string]string{"id": "1"}},
			{Version: "v1.0", Path: "/users/{i d}", Params: map[string]string{"i d": "1"}},
		} {
			if _, err := c.Get(t.Context(), r); KindOf(err) != Rejected {
				t.Errorf("%s: error = %v, want rejected", r.Path, err)
			}
		}
	})
}
