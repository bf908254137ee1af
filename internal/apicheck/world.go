package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// command is a program of ours that ends when it is told to.
func (w *world) command(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	path, err := filepath.Abs(filepath.Join(w.bin, name))
	cmd := exec.CommandContext(ctx, path, arguments...)
	cmd.Err = errors.Join(cmd.Err, err)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	return cmd
}

// graph starts the simulated tenant, and gives its address.
func (w *world) graph(ctx context.Context) (string, error) {
	simulator := w.command(ctx, "graphsim", "--addr", "127.0.0.1:0", "--users", "12", "--from", time.Now().UTC().AddDate(0, 0, -8).Format(time.DateOnly))
	out, err := simulator.StdoutPipe()
	if err == nil {
		err = simulator.Start()
	}
	if err != nil {
		return "", err
	}
	w.servers = append(w.servers, simulator)
	line, err := bufio.NewReader(out).ReadString('\n')
	return strings.TrimSpace(line), err
}

// leave ends what was started, once, the last first.
func (w *world) leave() error {
	var errs []error
	for len(w.servers) > 0 {
		cmd := w.servers[len(w.servers)-1]
		w.servers = w.servers[:len(w.servers)-1]
		errs = append(errs, cmd.Process.Signal(os.Interrupt))
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, lastOf(w.said.String())))
		}
	}
	return errors.Join(errs...)
}

// certify writes a certificate for the server and its key, and gives a file with all certificates that who asks trusts.
func (w *world) certify(others []byte) (trusted string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "graphlake serve"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return "", err
	}
	rawKey, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	trusted = filepath.Join(w.dir, "trusted.pem")
	for file, text := range map[string][]byte{
		filepath.Join(w.dir, "tls.crt"): certificate,
		filepath.Join(w.dir, "tls.key"): pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: rawKey}),
		trusted:                         append(certificate, others...),
	} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return "", err
		}
	}
	return trusted, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// waitFor waits until somebody listens.
func waitFor(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		}
	}
}
