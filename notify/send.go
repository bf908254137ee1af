package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/foreign"
)

// Address is the URL of a receiver. Who knows it can post there, so it is a secret: it prints as [redacted].
type Address struct{ url *url.URL }

const redacted = "[redacted]"

func (Address) String() string               { return redacted }
func (Address) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Address) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format is there because verbs that do not fit would print it past String.
func (Address) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// ParseAddress takes a URL of https; in the clear a message goes to this machine only. Errors do not quote it.
func ParseAddress(text string) (Address, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return Address{}, errors.New("it is no URL, as https://HOST/PATH")
	case u.User != nil:
		return Address{}, errors.New("it has a name or a password before its host, which is not sent")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return Address{}, errors.New("it is http://, which anybody on the way can read: want https://, or a command that sends it")
	}
	return Address{u}, nil
}

// leastSecret is how long a part of an address is at least that is taken for a secret: shorter ones are in other words too.
const leastSecret = 6

// without is what a receiver says without the address: who answers that there is no such path quotes it. Parts of a path that are
// plain words are no secret by themselves.
func (a Address) without(text string) string {
	path := a.url.EscapedPath()
	parts := []string{a.url.RequestURI(), path, a.url.Path}
	for _, values := range a.url.Query() {
		for _, v := range values {
			parts = append(parts, v, url.QueryEscape(v))
		}
	}
	for part := range strings.SplitSeq(path, "/") {
		plain, err := url.PathUnescape(part)
		if err == nil && strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz-_.") != "" {
			parts = append(parts, part, plain)
		}
	}
	for _, p := range parts {
		if len(p) >= leastSecret {
			text = strings.ReplaceAll(strings.ReplaceAll(text, p, redacted), html.EscapeString(p), redacted)
		}
	}
	return text
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Webhook posts messages, as JSON or, for Teams, as a card. It follows no redirect.
type Webhook struct {
	Address Address
	Teams   bool
	Timeout time.Duration // of one try; 0: ten seconds
	Pause   time.Duration // before the second try, unless the receiver says how long; 0: two seconds
}

const (
	tries         = 2
	webhookTime   = 10 * time.Second
	secondTry     = 2 * time.Second
	longestWait   = 10 * time.Second
	mostOfAnswer  = 4 << 10
	mostOfHeaders = 64 << 10
)

// Send posts the message, and a second time if the first may have failed by chance: no answer, 408, 429, or 5xx.
func (w Webhook) Send(ctx context.Context, m Message) (string, error) {
	var body any = m
	if w.Teams {
		body = m.card()
	}
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	for try := 1; ; try++ {
		answer, again, err := w.post(ctx, text)
		if err == nil || again == never || try == tries {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(cmp.Or(again, w.Pause, secondTry)):
		}
	}
}

// never says that another try would do no better.
const never = time.Duration(-1)

// post tries once. Again is when it may do better, 0 for soon.
func (w Webhook) post(ctx context.Context, text []byte) (answer string, again time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(w.Timeout, webhookTime))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Address.url.String(), bytes.NewReader(text))
	if err != nil {
		return "", never, errors.New("the address of the webhook makes no request")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "graphlake")
	at := foreign.Host(w.Address.url)
	resp, err := client.Do(r)
	if err != nil {
		if of, ok := errors.AsType[*url.Error](err); ok {
			err = of.Err // which does not have the address in it
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %v", cmp.Or(w.Timeout, webhookTime))
		}
		return "", 0, fmt.Errorf("%s: %w; check the address of the webhook, the network and the proxy", at, foreign.Error(err))
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, mostOfAnswer)) // of an answer that breaks off the status is known
	answer = foreign.New(resp.Status).String()
	if resp.StatusCode/100 == 2 {
		return answer, never, nil
	}
	if words := foreign.New(w.Address.without(string(said))).String(); words != "" {
		answer += ": " + words
	}
	again, cure := never, "the address of the webhook is wrong, or what is behind it wants another format: make it anew where it was made"
	switch {
	case resp.StatusCode/100 == 3:
		cure = "a redirect, which is not followed: take the address that it leads to, if that is yours"
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode >= 500:
		again, cure = 0, "the receiver is not there for now"
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			again = min(time.Duration(s)*time.Second, longestWait)
		}
	}
	return "", again, fmt.Errorf("%s answered %s; %s", at, answer, cure)
}

var client = &http.Client{
	Transport:     transport(),
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.MaxResponseHeaderBytes = mostOfHeaders
	t.DisableKeepAlives = true // a message a night
	return t
}

// Command is a program that gets a message as JSON on its standard input. It is run once: what it has half done nobody knows.
type Command struct {
	Args    []string
	Env     []string      // its environment
	Timeout time.Duration // after which it is killed; 0: half a minute
}

const commandTime = 30 * time.Second

// Send runs the command. Its exit status decides.
func (c Command) Send(ctx context.Context, m Message) (string, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	timeout := cmp.Or(c.Timeout, commandTime)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var said limited
	p := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	p.Env, p.Stdin, p.Stdout, p.Stderr = c.Env, bytes.NewReader(append(text, '\n')), &said, &said
	p.WaitDelay = time.Second // what it has started may outlive it, and is not waited for
	err = p.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return "exit status 0", nil
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("it has not ended within %v", timeout)
	case ctx.Err() != nil:
		err = errors.New("it was ended, because graphlake was told to end")
	}
	words := ""
	if s := foreign.New(said.String()).String(); s != "" {
		words = ", and says: " + s
	}
	return "", fmt.Errorf("the command %s: %w%s; try it with graphlake notify --test", foreign.Printable(c.Args[0]), err, words)
}

// limited keeps the beginning of what is written to it.
type limited struct{ bytes.Buffer }

func (l *limited) Write(b []byte) (int, error) {
	if room := mostOfAnswer - l.Len(); room > 0 {
		l.Buffer.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}
