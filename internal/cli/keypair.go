package cli

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"graphlake/internal/secretfile"
)

// keyPair is a certificate and its private key in two files, which are read again when one of them has changed: certificates are
// renewed every few weeks, and nobody starts a server anew for that. It may be used by several goroutines.
type keyPair struct {
	certificateFile, keyFile string
	log                      *slog.Logger

	mu      sync.Mutex // guards what follows
	pair    *tls.Certificate
	changed [2]time.Time // the files, when they were read
	looked  time.Time
}

// lookEvery is how long after a change the old certificate may still be shown.
const lookEvery = 10 * time.Second

var keyFile = secretfile.Kind{Key: "key_file"}

// current is the pair as it lies in the files, or as it lay there last: while one file has been written and the other not, they
// do not match.
func (k *keyPair) current(ctx context.Context) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if k.pair != nil && now.Sub(k.looked) < lookEvery {
		return k.pair, nil
	}
	k.looked = now
	pair, changed, err := k.read()
	switch {
	case err == nil:
		k.pair, k.changed = pair, changed
	case k.pair == nil:
		return nil, err
	default:
		k.log.WarnContext(ctx, "the certificate of the control API is another one now, or gone, and cannot be read: the one before is shown still", "error", err)
	}
	return k.pair, nil
}

// read reads the files if they have changed.
func (k *keyPair) read() (*tls.Certificate, [2]time.Time, error) {
	var changed [2]time.Time
	for i, file := range [][2]string{{"certificate_file", k.certificateFile}, {"key_file", k.keyFile}} {
		info, err := os.Stat(file[1])
		if err != nil {
			return nil, changed, fmt.Errorf("%s: %w; name a file that is there and can be read", file[0], err)
		}
		changed[i] = info.ModTime()
	}
	if k.pair != nil && changed == k.changed {
		return k.pair, changed, nil
	}
	certificate, err := os.ReadFile(k.certificateFile)
	if err != nil {
		return nil, changed, fmt.Errorf("certificate_file: %w; name a file that is there and can be read", err)
	}
	if !holdsPEM(certificate, "CERTIFICATE") { // before anybody is told to close it to others
		if holdsPEM(certificate, "PRIVATE KEY") {
			return nil, changed, errors.New("certificate_file holds a private key and no certificate: write the names of certificate_file and key_file the other way round")
		}
		return nil, changed, fmt.Errorf("certificate_file: there is no certificate as PEM in %s", k.certificateFile)
	}
	key, err := keyFile.Read(k.keyFile)
	if err != nil {
		return nil, changed, err
	}
	if !holdsPEM(key, "PRIVATE KEY") {
		return nil, changed, fmt.Errorf("key_file: there is no private key as PEM, without a passphrase, in %s", k.keyFile)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, changed, errors.New("the key in key_file is not that of the first certificate in certificate_file, or one of them is damaged: put the server's own certificate first, and those that it rests on after it")
	}
	return &pair, changed, nil
}

// holdsPEM reports whether a text has a block of PEM whose type ends so.
func holdsPEM(text []byte, kind string) bool {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, kind) && block.Type != "ENCRYPTED PRIVATE KEY" && block.Headers["DEK-Info"] == "" {
			return true
		}
	}
	return false
}
