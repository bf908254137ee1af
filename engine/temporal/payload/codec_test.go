package payload_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"graphlake/engine/temporal/payload"
)

// keyOf is a key in base64. Not random, so that what a test prints can be compared.
func keyOf(b byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b, 0x3f ^ b}, 16))
}

func newCodec(t testing.TB, key string, old ...string) *payload.Codec {
	t.Helper()
	c, err := payload.New(key, old)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func plain(text string) *common.Payload {
	return &common.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain"), "messageType": []byte(text)}, Data: []byte(text)}
}

// What is encrypted tells nothing of what it was, twice the same looks different, and it comes back with its metadata.
func TestRoundTrip(t *testing.T) {
	c := newCodec(t, keyOf(1))
	in := []*common.Payload{plain(`"contoso"`), plain(""), {}, plain(`"contoso"`)}
	out, err := c.Encode(in)
	if err != nil || len(out) != len(in) {
		t.Fatal(len(out), err)
	}
	for i, p := range out {
		text, err := proto.Marshal(p)
		if err != nil || bytes.Contains(text, []byte("contoso")) || bytes.Contains(text, []byte("json/plain")) {
			t.Errorf("%d: %q, %v", i, text, err)
		}
	}
	if bytes.Equal(out[0].Data, out[3].Data) {
		t.Error("two that are the same are encrypted alike")
	}
	if !proto.Equal(in[0], plain(`"contoso"`)) {
		t.Error("what was given has changed")
	}
	back, err := c.Decode(out)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in {
		if !proto.Equal(back[i], in[i]) {
			t.Errorf("%d: %v", i, back[i])
		}
	}
}

// A key is changed while workflows run: what was written without a key or with the last one is read on.
func TestKeysThatChange(t *testing.T) {
	first, second := keyOf(1), keyOf(2)
	unencrypted, err := newCodec(t, "").Encode([]*common.Payload{plain("0")})
	if err != nil || !proto.Equal(unencrypted[0], plain("0")) {
		t.Fatal(unencrypted, err)
	}
	old, err := newCodec(t, first).Encode([]*common.Payload{plain("1")})
	if err != nil {
		t.Fatal(err)
	}
	both := newCodec(t, second, " "+first+"\n")
	now, err := both.Encode([]*common.Payload{plain("2")})
	if err != nil {
		t.Fatal(err)
	}
	back, err := both.Decode([]*common.Payload{unencrypted[0], old[0], now[0]})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range back {
		if string(p.Data) != fmt.Sprint(i) {
			t.Errorf("%d: %s", i, p.Data)
		}
	}
	if back, err = newCodec(t, "", first).Decode(old); err != nil || string(back[0].Data) != "1" {
		t.Errorf("whoever only reads: %v, %v", back, err)
	}
	for name, c := range map[string]*payload.Codec{"without a key": newCodec(t, ""), "with another": newCodec(t, second)} {
		if _, err := c.Decode(old); err == nil || !strings.Contains(err.Error(), payload.KeyVariable) || !strings.Contains(err.Error(), payload.OldKeysVariable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamage(t *testing.T) {
	c := newCodec(t, keyOf(1))
	for name, damage := range map[string]func(*common.Payload){
		"a bit":             func(p *common.Payload) { p.Data[len(p.Data)/2] ^= 1 },
		"the end":           func(p *common.Payload) { p.Data = p.Data[:len(p.Data)-1] },
		"all":               func(p *common.Payload) { p.Data = nil },
		"less than a nonce": func(p *common.Payload) { p.Data = p.Data[:5] },
		"the id of the key": func(p *common.Payload) { p.Metadata["encryption-key-id"] = []byte("\x1b[31m contoso") },
	} {
		out, err := c.Encode([]*common.Payload{plain("1")})
		if err != nil {
			t.Fatal(err)
		}
		damage(out[0])
		if _, err := c.Decode(out); err == nil || strings.Contains(err.Error(), "contoso") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is no key is refused, and no error and no print tells one.
func TestNoKey(t *testing.T) {
	for _, text := range []string{"x", "a secret that is a sentence", base64.StdEncoding.EncodeToString(make([]byte, 16)), base64.StdEncoding.EncodeToString(make([]byte, 33))} {
		for _, err := range []error{errorOf(payload.New(text, nil)), errorOf(payload.New("", []string{text}))} {
			if err == nil || strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), "openssl rand") {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
	if _, err := payload.New("", []string{""}); err == nil {
		t.Error("an old key that is empty was taken")
	}
	c := newCodec(t, keyOf(1), keyOf(2))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if said := fmt.Sprintf(verb, c); !strings.Contains(said, "a codec of 2 keys") {
			t.Errorf("%s prints %s", verb, said)
		}
	}
}

func errorOf(_ *payload.Codec, err error) error { return err }

// A client that has a key keeps results, and what a failure says and tells, from whoever runs the server.
func TestOptions(t *testing.T) {
	var o client.Options
	if err := payload.Options(keyOf(1), nil, &o); err != nil {
		t.Fatal(err)
	}
	failed := temporal.NewApplicationErrorWithOptions("unauthorized: contoso", "unauthorized", temporal.ApplicationErrorOptions{
		Details: []any{"contoso"}, Cause: errors.New("contoso"), NonRetryable: true,
	})
	failure := o.FailureConverter.ErrorToFailure(failed)
	text, err := proto.Marshal(failure)
	if err != nil || bytes.Contains(text, []byte("contoso")) {
		t.Errorf("%s, %v", text, err)
	}
	back, ok := errors.AsType[*temporal.ApplicationError](o.FailureConverter.FailureToError(failure))
	var detail string
	if !ok || back.Type() != "unauthorized" || !back.NonRetryable() || back.Details(&detail) != nil || detail != "contoso" || !strings.Contains(back.Error(), "contoso") {
		t.Errorf("%v, %q", back, detail)
	}
	if err := payload.Options("x", nil, &o); err == nil {
		t.Error("no key was taken for one")
	}
}

func FuzzDecode(f *testing.F) {
	c := newCodec(f, keyOf(1))
	sealed, err := c.Encode([]*common.Payload{plain("1")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("binary/encrypted"), sealed[0].Metadata["encryption-key-id"], sealed[0].Data)
	f.Add([]byte("json/plain"), []byte(nil), []byte("1"))
	f.Fuzz(func(t *testing.T, encoding, id, data []byte) {
		p := &common.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: encoding, "encryption-key-id": id}, Data: data}
		if back, err := c.Decode([]*common.Payload{p}); err == nil && string(encoding) == "binary/encrypted" && !proto.Equal(back[0], plain("1")) {
			t.Fatalf("what nobody has encrypted was read: %v", back)
		}
		out, err := c.Encode([]*common.Payload{p})
		if err != nil {
			t.Fatal(err)
		}
		if back, err := c.Decode(out); err != nil || !proto.Equal(back[0], p) {
			t.Fatalf("%v came back as %v, %v", p, back, err)
		}
	})
}

// A worker that lacks the key of a workflow must not fail it: a panic is tried again, also by others, and an error is the end.
func TestWithoutKey(t *testing.T) {
	var with, without client.Options
	if err := errors.Join(payload.Options(keyOf(1), nil, &with), payload.Options(keyOf(2), nil, &without)); err != nil {
		t.Fatal(err)
	}
	sent, err := with.DataConverter.ToPayloads("contoso")
	if err != nil {
		t.Fatal(err)
	}
	aware, ok := without.DataConverter.(workflow.ContextAware)
	if !ok {
		t.Fatal("the converter does not know whether it is in a workflow")
	}
	var got string
	if err := aware.WithContext(t.Context()).FromPayloads(sent, &got); err == nil || !strings.Contains(err.Error(), payload.KeyVariable) {
		t.Errorf("outside of workflows: %v", err)
	}
	inWorkflow := aware.WithWorkflowContext(nil)
	for name, read := range map[string]func() error{
		"one": func() error { return inWorkflow.FromPayload(sent.GetPayloads()[0], &got) },
		"all": func() error { return inWorkflow.FromPayloads(sent, &got) },
	} {
		said := func() (said any) {
			defer func() { said = recover() }()
			return read()
		}()
		if text, ok := said.(string); !ok || !strings.Contains(text, payload.KeyVariable) {
			t.Errorf("%s: %v", name, said)
		}
	}
	own, err := without.DataConverter.ToPayloads("fabrikam")
	if err != nil || inWorkflow.FromPayloads(own, &got) != nil || got != "fabrikam" {
		t.Errorf("%q, %v", got, err)
	}
	if err := inWorkflow.FromPayloads(own, new(int)); err == nil {
		t.Error("a text is taken for a number")
	}
}
