package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"graphlake/internal/secretfile"
)

// keyPair is a certificate and its private key in two files, which are read again when one of them has changed: certificates are
// renewed every few weeks, and nobody starts a server anew for that. It may be used by several goroutines.
type keyPair struct {
	certificateFile, keyFile string
	log                      *slog.Logger

	mu      sync.Mutex // of what follows
	pair    *tls.Certificate
	changed [2]time.Time // the files, when they were read
	looked  time.Time
}

// lookEvery is how long after a change the old certificate may still be shown.
const lookEvery = 10 * time.Second

var keyFile = secretfile.Kind{Key: "control.tls.key_file"}

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
	for i, name := range []string{k.certificateFile, k.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, changed, fmt.Errorf("%w; name a file that is there and can be read", err)
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
	key, err := keyFile.Read(k.keyFile)
	if err != nil {
		return nil, changed, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, changed, errors.New("certificate_file and key_file are not a certificate and its private key as PEM, with the certificates that it rests on after it")
	}
	return &pair, changed, nil
}
