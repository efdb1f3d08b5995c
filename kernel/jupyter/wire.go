package jupyter

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

// protocolVersion is the version of the messaging protocol spoken here.
const protocolVersion = "5.5"

// delimiter stands between routing frames and the message.
var delimiter = []byte("<IDS|MSG>")

// header is the header of every message.
type header struct {
	MsgID      string `json:"msg_id"`
	Session    string `json:"session"`
	Username   string `json:"username"`
	Date       string `json:"date"`
	MsgType    string `json:"msg_type"`
	Version    string `json:"version"`
	SubshellID string `json:"subshell_id,omitempty"`
}

// message is one Jupyter message. The parts that we only pass on stay as they came.
type message struct {
	routes   [][]byte // frames before the delimiter, without the peer's identity
	header   header
	raw      json.RawMessage // the header as it came: the parent header of every answer
	parent   json.RawMessage
	metadata json.RawMessage
	content  json.RawMessage
	buffers  [][]byte
}

// wire turns messages into frames and back, with their signatures.
type wire struct {
	mac     func() hash.Hash
	session string // our session, in the header of what we send

	mu   sync.Mutex
	seen map[[16]byte]struct{} // beginnings of the signatures accepted so far
	ring [][16]byte            // the same in order of arrival
	next int
}

// remembered is how many signatures are kept to refuse replays: 2^18, 10 MB when full.
const remembered = 1 << 18

func newWire(c Connection) *wire {
	scheme := schemes[c.SignatureScheme]
	key := []byte(c.Key)
	return &wire{
		mac:     func() hash.Hash { return hmac.New(scheme, key) },
		session: newID(),
		seen:    map[[16]byte]struct{}{},
	}
}

// newID makes a random identifier in the form of a UUID, version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// sign returns the signature of a message's four JSON parts, in hexadecimal.
func (w *wire) sign(parts [][]byte) []byte {
	mac := w.mac()
	for _, p := range parts {
		mac.Write(p)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

var (
	errDelimiter = errors.New("no <IDS|MSG> delimiter, or too few frames behind it")
	errSignature = errors.New("wrong signature")
	errReplay    = errors.New("this message was received before")
)

// decode checks and takes apart what came from a peer. Nothing in a message is
// looked at before its signature is known to be right and new.
func (w *wire) decode(frames zmtp.Message) (*message, error) {
	at := 0
	for at < len(frames) && !bytes.Equal(frames[at], delimiter) {
		at++
	}
	if len(frames) < at+6 {
		return nil, errDelimiter
	}
	signature, parts := frames[at+1], frames[at+2:at+6]
	if !hmac.Equal(signature, w.sign(parts)) {
		return nil, errSignature
	}
	if !w.isNew(signature) {
		return nil, errReplay
	}
	m := &message{
		routes: frames[:at], raw: json.RawMessage(parts[0]), parent: parts[1],
		metadata: parts[2], content: parts[3], buffers: frames[at+6:],
	}
	if err := json.Unmarshal(m.raw, &m.header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if !utf8.Valid(m.raw) { // it goes back, to every client, as it came
		return nil, errors.New("header is not UTF-8")
	}
	if m.header.MsgType == "" || m.header.MsgID == "" {
		return nil, errors.New("header without msg_type or msg_id")
	}
	return m, nil
}

// isNew records a signature; false means that it was there already.
func (w *wire) isNew(signature []byte) bool {
	var k [16]byte
	copy(k[:], signature[16:]) // any 16 of its characters, 64 bits, will do
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.seen[k]; ok {
		return false
	}
	w.seen[k] = struct{}{}
	if len(w.ring) < remembered {
		w.ring = append(w.ring, k)
		return true
	}
	delete(w.seen, w.ring[w.next])
	w.ring[w.next] = k
	w.next = (w.next + 1) % remembered
	return true
}

// newHeader makes the header of a message from us.
func (w *wire) newHeader(msgType string) header {
	return header{
		MsgID: newID(), Session: w.session, Username: "gossl", MsgType: msgType, Version: protocolVersion,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
	}
}

// outgoing is a message to be sent.
type outgoing struct {
	msgType  string
	parent   json.RawMessage // header of the request that it answers; nil: none
	metadata any             // nil: {}
	content  any
	buffers  [][]byte
}

// encode makes the frames of a message, behind the given routing frames.
func (w *wire) encode(routes [][]byte, o outgoing) (zmtp.Message, error) {
	if o.parent == nil {
		o.parent = json.RawMessage("{}")
	}
	if o.metadata == nil {
		o.metadata = struct{}{}
	}
	parts := make([][]byte, 4)
	for i, v := range []any{w.newHeader(o.msgType), o.parent, o.metadata, o.content} {
		var err error
		if parts[i], err = marshal(v); err != nil {
			return nil, fmt.Errorf("%s: %w", o.msgType, err)
		}
	}
	frames := append(zmtp.Message{}, routes...)
	frames = append(frames, delimiter, w.sign(parts))
	frames = append(frames, parts...)
	return append(frames, o.buffers...), nil
}

// marshal writes JSON without escaping HTML, which only makes messages longer.
func marshal(v any) ([]byte, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
