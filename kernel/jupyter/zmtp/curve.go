package zmtp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/nacl/box"
	"golang.org/x/crypto/nacl/secretbox"
)

// Key is a Curve25519 key, public or secret.
type Key [32]byte

// KeyPair is a key pair for the CURVE mechanism.
type KeyPair struct{ Public, Secret Key }

// NewKeyPair makes a random key pair.
func NewKeyPair() (KeyPair, error) {
	public, secret, err := box.GenerateKey(rand.Reader)
	if err != nil {
		return KeyPair{}, err
	}
	return KeyPair{Key(*public), Key(*secret)}, nil
}

// curve is the CURVE mechanism (RFC 26): a peer that knows our public key can open
// a connection that nobody else can read or write.
type curve struct {
	keys    KeyPair
	bound   bool // we are the server of the handshake
	peerKey Key  // the server's public key, when we are the client

	shared       [32]byte // precomputed from both short-term keys
	sent, gotten uint64   // short nonces: the last one sent, the last one received
}

var errCurve = errors.New("zmtp: CURVE handshake failed: the peer has other keys, or is no CURVE peer")

func (*curve) name() string   { return "CURVE" }
func (c *curve) server() bool { return c.bound }

// nonce16 and nonce8 fill a nonce of 24 bytes from a prefix and its variable part.
func nonce16(prefix string, long []byte) (n [24]byte) {
	copy(n[:8], prefix)
	copy(n[8:], long)
	return n
}

func nonce8(prefix string, short uint64) (n [24]byte) {
	copy(n[:16], prefix)
	binary.BigEndian.PutUint64(n[16:], short)
	return n
}

// short is the next short nonce as it goes over the wire.
func (c *curve) short() []byte {
	c.sent++
	return binary.BigEndian.AppendUint64(nil, c.sent)
}

// accept checks that a received short nonce was never seen: they only grow.
func (c *curve) accept(b []byte) (uint64, error) {
	n := binary.BigEndian.Uint64(b)
	if n <= c.gotten {
		return 0, fmt.Errorf("zmtp: CURVE nonce %d again: a replayed frame", n)
	}
	c.gotten = n
	return n, nil
}

func (c *curve) handshake(conn *Conn, own metadata) (metadata, error) {
	if c.bound {
		return c.serve(conn, own)
	}
	return c.dial(conn, own)
}

// serve is the server's half: HELLO in, WELCOME out, INITIATE in, READY out.
func (c *curve) serve(conn *Conn, own metadata) (metadata, error) {
	secret := (*[32]byte)(&c.keys.Secret)
	hello, err := conn.expectCommand("HELLO")
	if err != nil {
		return nil, err
	}
	// version 2, padding 72, client's short-term key 32, nonce 8, box of 64 zeros 80
	if len(hello) != 194 || hello[0] != 1 {
		return nil, errCurve
	}
	clientShort := (*[32]byte)(hello[74:106])
	short, err := c.accept(hello[106:114])
	if err != nil {
		return nil, err
	}
	n := nonce8("CurveZMQHELLO---", short)
	if _, ok := box.Open(nil, hello[114:], &n, clientShort, secret); !ok {
		return nil, errCurve
	}

	shortPublic, shortSecret, err := box.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	// The cookie of RFC 26 lets a server forget the client between the two
	// commands. We keep the connection's state, so ours is only compared.
	var cookieKey [32]byte
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	if _, err := rand.Read(cookieKey[:]); err != nil {
		return nil, err
	}
	n = nonce16("COOKIE--", random[:16])
	cookie := secretbox.Seal(append([]byte{}, random[:16]...), append(append([]byte{}, clientShort[:]...), shortSecret[:]...), &n, &cookieKey)
	n = nonce16("WELCOME-", random[16:])
	welcome := box.Seal(nil, append(append([]byte{}, shortPublic[:]...), cookie...), &n, clientShort, secret)
	if err := conn.writeCommand("WELCOME", random[16:], welcome); err != nil {
		return nil, err
	}

	initiate, err := conn.expectCommand("INITIATE")
	if err != nil {
		return nil, err
	}
	if len(initiate) < 96+8+box.Overhead+128 || subtle.ConstantTimeCompare(initiate[:96], cookie) != 1 {
		return nil, errCurve
	}
	if short, err = c.accept(initiate[96:104]); err != nil {
		return nil, err
	}
	box.Precompute(&c.shared, clientShort, shortSecret)
	n = nonce8("CurveZMQINITIATE", short)
	plain, ok := box.OpenAfterPrecomputation(nil, initiate[104:], &n, &c.shared)
	if !ok {
		return nil, errCurve
	}
	// client's long-term key 32, vouch nonce 16, vouch 80, metadata
	clientKey := (*[32]byte)(plain[:32])
	n = nonce16("VOUCH---", plain[32:48])
	vouch, ok := box.Open(nil, plain[48:128], &n, clientKey, shortSecret)
	if !ok || len(vouch) != 64 ||
		subtle.ConstantTimeCompare(vouch[:32], clientShort[:]) != 1 ||
		subtle.ConstantTimeCompare(vouch[32:], c.keys.Public[:]) != 1 {
		return nil, errCurve
	}
	peer, err := parseMetadata(plain[128:])
	if err != nil {
		return nil, err
	}
	nonce := c.short()
	n = nonce8("CurveZMQREADY---", c.sent)
	ready := box.SealAfterPrecomputation(nil, properNames(own).encode(), &n, &c.shared)
	return peer, conn.writeCommand("READY", nonce, ready)
}

// dial is the client's half.
func (c *curve) dial(conn *Conn, own metadata) (metadata, error) {
	server := (*[32]byte)(&c.peerKey)
	shortPublic, shortSecret, err := box.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	nonce := c.short()
	n := nonce8("CurveZMQHELLO---", c.sent)
	sig := box.Seal(nil, make([]byte, 64), &n, server, shortSecret)
	if err := conn.writeCommand("HELLO", []byte{1, 0}, make([]byte, 72), shortPublic[:], nonce, sig); err != nil {
		return nil, err
	}

	welcome, err := conn.expectCommand("WELCOME")
	if err != nil {
		return nil, err
	}
	if len(welcome) != 160 {
		return nil, errCurve
	}
	n = nonce16("WELCOME-", welcome[:16])
	plain, ok := box.Open(nil, welcome[16:], &n, server, shortSecret)
	if !ok || len(plain) != 128 {
		return nil, errCurve
	}
	serverShort, cookie := (*[32]byte)(plain[:32]), plain[32:]
	box.Precompute(&c.shared, serverShort, shortSecret)

	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	n = nonce16("VOUCH---", random[:])
	vouch := box.Seal(nil, append(append([]byte{}, shortPublic[:]...), c.peerKey[:]...), &n, serverShort, (*[32]byte)(&c.keys.Secret))
	body := append(append(append(append([]byte{}, c.keys.Public[:]...), random[:]...), vouch...), properNames(own).encode()...)
	nonce = c.short()
	n = nonce8("CurveZMQINITIATE", c.sent)
	if err := conn.writeCommand("INITIATE", cookie, nonce, box.SealAfterPrecomputation(nil, body, &n, &c.shared)); err != nil {
		return nil, err
	}

	ready, err := conn.expectCommand("READY")
	if err != nil {
		return nil, err
	}
	if len(ready) < 8+box.Overhead {
		return nil, errCurve
	}
	short, err := c.accept(ready[:8])
	if err != nil {
		return nil, err
	}
	n = nonce8("CurveZMQREADY---", short)
	if plain, ok = box.OpenAfterPrecomputation(nil, ready[8:], &n, &c.shared); !ok {
		return nil, errCurve
	}
	return parseMetadata(plain)
}

// The nonce prefixes of traffic: to the server, and from it.
const (
	prefixToServer   = "CurveZMQMESSAGEC"
	prefixFromServer = "CurveZMQMESSAGES"
)

// seal puts a frame, flags included, into a MESSAGE.
func (c *curve) seal(f frame) frame {
	prefix := prefixToServer
	if c.bound {
		prefix = prefixFromServer
	}
	var flags byte
	if f.more {
		flags |= 1
	}
	if f.command {
		flags |= 2
	}
	nonce := c.short()
	n := nonce8(prefix, c.sent)
	plain := append(append(make([]byte, 0, 1+len(f.body)), flags), f.body...)
	body := command("MESSAGE", nonce)
	return frame{body: box.SealAfterPrecomputation(body, plain, &n, &c.shared)}
}

// open takes a frame out of a MESSAGE. libzmq sends these without the command
// flag, RFC 26 draws them with it: both are taken.
func (c *curve) open(f frame) (frame, error) {
	name, data, err := parseCommand(f.body)
	if err != nil || name != "MESSAGE" || len(data) < 8+box.Overhead+1 {
		return frame{}, fmt.Errorf("zmtp: an unencrypted frame on a CURVE connection")
	}
	short, err := c.accept(data[:8])
	if err != nil {
		return frame{}, err
	}
	prefix := prefixFromServer
	if c.bound {
		prefix = prefixToServer
	}
	n := nonce8(prefix, short)
	plain, ok := box.OpenAfterPrecomputation(nil, data[8:], &n, &c.shared)
	if !ok {
		return frame{}, fmt.Errorf("zmtp: a frame that was changed on its way")
	}
	return frame{more: plain[0]&1 != 0, command: plain[0]&2 != 0, body: plain[1:]}, nil
}
