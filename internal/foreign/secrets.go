package foreign

import (
	"net/url"
	"regexp"
	"strings"
)

const redacted = "[redacted]"

// What is secret by its form, or by the name before it.
var (
	privateKey = regexp.MustCompile(`(?i)-----BEGIN [A-Z0-9 ]*-----(?:.*-----END [A-Z0-9 ]*-----|.*)`)
	jwt        = regexp.MustCompile(`eyJ[A-Za-z0-9_=-]{6,}(?:\.[A-Za-z0-9_=-]*)*`)
	scheme     = regexp.MustCompile(`(?i)\b((?:(?:bearer|pop|sharedkey|sharedkeylite|sharedaccesssignature|negotiate|ntlm)[\s:=]+"?)+)([^\s"',;<>]+)`)
	// strong are names that stand before a secret and nowhere else.
	strong = regexp.MustCompile(`(?i)\b(sig|accountkey|sharedaccesssignature|sharedaccesskey|client_secret|client_assertion|access_token|refresh_token|id_token|password)(=)([^\s&"',;<>]+)`)
	// named are those and others, which stand before other values too.
	named  = regexp.MustCompile(`(?i)([$\w.-]*(?:signature|secret|password|passwd|pwd|token|key|assertion|cookie|credential|sig|sas|authorization|x-identity-header))("?'?\s*[=:]\s*"?'?(?:basic\s+)?)([^\s&"',;<>]+)`)
	shared = regexp.MustCompile(`(?i)(^|[^\w])(sv|se|sp|sr|st|ss|srt|spr|sip|skoid|sktid|skt|ske|sks|skv|saoid|suoid|scid|sdd|rscc|rscd|rsce|rscl|rsct)=([^\s&"'<>]+)`)
	links  = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"'<>]+`)
)

// notTokens are words that follow the name of a scheme where people write of it.
var notTokens = regexp.MustCompile(`(?i)^(?:tokens?|authenti\w+|authori[sz]\w+|auth|scheme|challenge|realm|error|is|was|has|not|in|or|and|for|requests?|format|header|method)\b`)

// withoutStrong is a text without what is certainly secret.
func withoutStrong(s string) string {
	s = privateKey.ReplaceAllString(s, redacted)
	s = jwt.ReplaceAllString(s, redacted)
	s = scheme.ReplaceAllStringFunc(s, func(found string) string {
		m := scheme.FindStringSubmatch(found)
		if notTokens.MatchString(m[2]) {
			return found
		}
		return m[1] + redacted
	})
	return strong.ReplaceAllString(s, "${1}${2}"+redacted)
}

// withoutSecrets is a text without what may be secret.
func withoutSecrets(s string) string {
	s = links.ReplaceAllStringFunc(s, shownLink)
	s = withoutStrong(s)
	s = named.ReplaceAllString(s, "${1}${2}"+redacted)
	return shared.ReplaceAllString(s, "${1}${2}=…")
}

// shownLink is a URL without who signs in, what it asks and the ids in its path.
func shownLink(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		scheme, _, _ := strings.Cut(text, "://")
		return scheme + "://…"
	}
	s := u.Scheme + "://" + u.Host + shownPath(u.Path)
	if u.RawQuery != "" || strings.HasSuffix(text, "?…") {
		s += "?…"
	}
	return s
}

// URL is the path and the query of a request as errors and logs show them: ids are left out, for whoever asks names the record,
// and tokens of pages, which are long and opaque, and let whoever has them read on.
func URL(u *url.URL) string {
	path := shownPath(u.Path)
	if u.RawQuery == "" {
		return path
	}
	query := strings.SplitN(u.RawQuery, "&", mostParameters+1)
	if len(query) > mostParameters {
		query[mostParameters] = "…"
	}
	for i, pair := range query[:min(len(query), mostParameters)] {
		name, value, _ := strings.Cut(pair, "=")
		name, value = plain(name), plain(value)
		if hides.MatchString(name) {
			query[i] = clean(name, asked) + "=…"
			continue
		}
		value = clean(value, asked)
		if r := []rune(value); len(r) > mostOfValue {
			value = string(r[:mostOfValue]) + "…" // a list of properties is only long
		}
		query[i] = clean(name, asked) + "=" + value
	}
	return path + "?" + strings.Join(query, "&")
}

// Host is where a URL leads to, without who signs in there.
func Host(u *url.URL) string { return clean(u.Scheme+"://"+u.Host, called) }

const (
	mostOfValue    = 120
	mostParameters = 12
)

// hides are names of parameters whose values are opaque or secret.
var hides = regexp.MustCompile(`(?i)token|sig|key|secret|password|code|assertion|^s[a-z]{1,4}$`)

func plain(s string) string {
	if p, err := url.QueryUnescape(s); err == nil {
		return p
	}
	return s
}

// shownPath is a path whose segments are words: ids are left out.
func shownPath(path string) string {
	segments := strings.SplitN(path, "/", mostSegments+1)
	if len(segments) > mostSegments {
		segments[mostSegments] = "…"
	}
	for i, s := range segments[:min(len(segments), mostSegments)] {
		s = flat(s)
		if len(s) > mostOfSegment || i > 0 && isID(s) {
			segments[i] = "…"
			continue
		}
		segments[i] = withoutNames(s, words)
	}
	return strings.Join(segments, "/")
}

const (
	mostSegments  = 16
	mostOfSegment = 200 // of a function with two instants it is half
)

// isID reports whether a segment of a path stands for one person, chat or record, and not for a kind of them.
func isID(s string) bool {
	if strings.Contains(s, "(") { // a function, whose arguments are looked at one by one
		return false
	}
	return strings.ContainsAny(s, "@%!+= ") || threads.MatchString(s) || opaque(s)
}
