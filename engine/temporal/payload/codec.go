package payload

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

// The variables of the environment that hold keys, which the command reads.
const (
	KeyVariable     = "GRAPHLAKE_TEMPORAL_KEY"
	OldKeysVariable = "GRAPHLAKE_TEMPORAL_OLD_KEYS" // separated by commas
)

// What the metadata of an encrypted payload say. The names of the encoding and of the key are those of Temporal's own
// sample, so that tools which know it know what they see.
const (
	encoding = "binary/encrypted"
	keyID    = "encryption-key-id"
	method   = "encryption-cipher"
	gcm      = "AES-256-GCM"
)

// keyBytes is the length of a key of AES-256.
const keyBytes = 32

// Codec encrypts payloads with AES-GCM, each with a nonce of its own, which is drawn at random: that is safe for 2³² payloads
// of a key. Without a key it leaves them as they are. It is safe for concurrent use.
type Codec struct {
	write string                 // the id of the key to write with; empty: none
	keys  map[string]cipher.AEAD // by id
}

// New is a codec that writes with a key, and reads with it and with old ones, all in base64. The key may be empty: then
// nothing is encrypted, and what is encrypted with an old one is read all the same.
func New(key string, old []string) (*Codec, error) {
	c := &Codec{keys: map[string]cipher.AEAD{}}
	if key != "" {
		id, err := c.add(key)
		if err != nil {
			return nil, fmt.Errorf("%s %w", KeyVariable, err)
		}
		c.write = id
	}
	for _, text := range old {
		if _, err := c.add(text); err != nil {
			return nil, fmt.Errorf("%s %w", OldKeysVariable, err)
		}
	}
	return c, nil
}

var errNoKey = errors.New("holds no key of 32 bytes in base64; make one with: openssl rand -base64 32")

// add takes a key, whose id is of its hash: it tells keys apart and nothing of them.
func (c *Codec) add(text string) (id string, err error) {
	text = strings.TrimSpace(text)
	key, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		key, err = base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
	}
	if err != nil || len(key) != keyBytes { // the error of base64 tells where, and so something of a key
		return "", errNoKey
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte("graphlake payload key\x00"), key...))
	id = hex.EncodeToString(sum[:8])
	c.keys[id] = aead
	return id, nil
}

// String tells no key, whoever prints it.
func (c *Codec) String() string { return fmt.Sprintf("a codec of %d keys", len(c.keys)) }

// GoString is String.
func (c *Codec) GoString() string { return c.String() }

// Encrypts reports whether it has a key to write with.
func (c *Codec) Encrypts() bool { return c.write != "" }

// Encode encrypts payloads whole, with their metadata.
func (c *Codec) Encode(payloads []*common.Payload) ([]*common.Payload, error) {
	all := make([]*common.Payload, len(payloads))
	copy(all, payloads)
	if !c.Encrypts() {
		return all, nil
	}
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, err
		}
		all[i] = &common.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding), method: []byte(gcm), keyID: []byte(c.write)},
			Data:     c.keys[c.write].Seal(nil, nil, plain, []byte(c.write)),
		}
	}
	return all, nil
}

// Decode decrypts payloads. Those that are not encrypted stay as they are: they may be of workflows that began before there
// was a key.
func (c *Codec) Decode(payloads []*common.Payload) ([]*common.Payload, error) {
	all := make([]*common.Payload, len(payloads))
	copy(all, payloads)
	for i, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != encoding {
			continue
		}
		id := string(p.GetMetadata()[keyID])
		key, ok := c.keys[id]
		if !ok {
			return nil, &noKeyError{shown(id)}
		}
		plain, err := key.Open(nil, nil, p.GetData(), []byte(id))
		if err != nil {
			return nil, fmt.Errorf("a payload is damaged, or was not encrypted with the key %s", id)
		}
		one := new(common.Payload)
		if err := proto.Unmarshal(plain, one); err != nil {
			return nil, fmt.Errorf("what the key %s has decrypted is no payload: %w", id, err)
		}
		all[i] = one
	}
	return all, nil
}

// noKeyError says that whoever reads has not the key of whoever wrote.
type noKeyError struct{ id string }

func (e *noKeyError) Error() string {
	return fmt.Sprintf("a payload is encrypted with the key %s, which is neither in %s nor in %s", e.id, KeyVariable, OldKeysVariable)
}

// shown is an id as it may be printed: whoever writes into Temporal has written it.
func shown(id string) string {
	if _, err := hex.DecodeString(id); err != nil || len(id) != 16 {
		return "of another program"
	}
	return id
}

// Options lets a client, and the workers that are made with it, encrypt with a key and read with it and with old ones; see
// New. Texts of failures, which are no payloads otherwise, are encrypted too.
func Options(key string, old []string, o *client.Options) error {
	codec, err := New(key, old)
	if err != nil {
		return err
	}
	decoded := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec)
	o.DataConverter = patient{decoded}
	o.FailureConverter = temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: decoded, EncodeCommonAttributes: codec.Encrypts(),
	})
	return nil
}

// patient keeps a worker without the key of a workflow from failing it: the error would be its end, for all workers. A panic is
// not: Temporal shows it as that of a workflow task, and tries it again until somebody who has the key has it.
type patient struct{ converter.DataConverter }

// WithContext implements [workflow.ContextAware].
func (p patient) WithContext(context.Context) converter.DataConverter { return p.DataConverter }

// WithWorkflowContext implements [workflow.ContextAware].
func (p patient) WithWorkflowContext(workflow.Context) converter.DataConverter {
	return inWorkflow(p)
}

type inWorkflow struct{ converter.DataConverter }

// FromPayload implements [converter.DataConverter].
func (c inWorkflow) FromPayload(p *common.Payload, to any) error {
	return panicWithoutKey(c.DataConverter.FromPayload(p, to))
}

// FromPayloads implements [converter.DataConverter].
func (c inWorkflow) FromPayloads(p *common.Payloads, to ...any) error {
	return panicWithoutKey(c.DataConverter.FromPayloads(p, to...))
}

func panicWithoutKey(err error) error {
	if without, ok := errors.AsType[*noKeyError](err); ok {
		panic(without.Error())
	}
	return err
}
