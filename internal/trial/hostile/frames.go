package hostile

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// frames is what is sent over HTTP/2 when a request has come on a stream.
type frames func(f *http2.Framer, stream uint32)

// fields are header fields as they go into a frame.
func fields(encoder *hpack.Encoder, block *bytes.Buffer, pairs ...string) []byte {
	block.Reset()
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = encoder.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]}) // a buffer takes all
	}
	return block.Bytes()
}

func newFields() (*hpack.Encoder, *bytes.Buffer) {
	var block bytes.Buffer
	return hpack.NewEncoder(&block), &block
}

// continuations has headers that do not end.
func continuations(f *http2.Framer, stream uint32) {
	e, block := newFields()
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: fields(e, block, ":status", "200")})
	for err == nil {
		err = f.WriteContinuation(stream, false, fields(e, block, "x-h", strings.Repeat("a", 4000)))
	}
}

func pings(f *http2.Framer, _ uint32) {
	for f.WritePing(false, [8]byte{}) == nil {
	}
}

func settings(f *http2.Framer, _ uint32) {
	for f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 65535}) == nil {
	}
}

func emptyFrames(f *http2.Framer, stream uint32) {
	e, block := newFields()
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: fields(e, block, ":status", "200"), EndHeaders: true})
	for err == nil {
		err = f.WriteData(stream, false, nil)
	}
}

// packedHeaders names one long header thousands of times, in a byte each.
func packedHeaders(f *http2.Framer, stream uint32) {
	e, block := newFields()
	fields(e, block, ":status", "200", "x-h", strings.Repeat("a", 3000))
	block.Write(bytes.Repeat([]byte{0xbe}, 8000)) // the newest of the dynamic table
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true})
}

// serveFrames answers on every connection by frames, until the listener is closed.
func serveFrames(l net.Listener, send frames) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(longestRun))
			preface := make([]byte, len(http2.ClientPreface))
			if _, err := io.ReadFull(c, preface); err != nil {
				return
			}
			f := http2.NewFramer(c, c)
			if f.WriteSettings() != nil || f.WriteSettingsAck() != nil {
				return
			}
			for {
				frame, err := f.ReadFrame()
				if err != nil {
					return
				}
				if _, ok := frame.(*http2.HeadersFrame); ok {
					go send(http2.NewFramer(c, nil), frame.Header().StreamID) // a framer writes a frame at once
				}
			}
		}()
	}
}

// certificate makes one for loopback, and writes it into a file for those who are to trust it.
func certificate(file string) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	pair := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}}, os.WriteFile(file, text, 0o600)
}
