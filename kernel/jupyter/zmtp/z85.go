package zmtp

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// z85 is the alphabet of RFC 32, in which CURVE keys are written.
const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// String writes the key in Z85: 40 characters.
func (k Key) String() string {
	var b strings.Builder
	for i := 0; i < len(k); i += 4 {
		v := binary.BigEndian.Uint32(k[i:])
		for div := uint32(85 * 85 * 85 * 85); div > 0; div /= 85 {
			b.WriteByte(z85[v/div%85])
		}
	}
	return b.String()
}

// ParseKey reads a key in Z85. The error does not show the text, which may be secret.
func ParseKey(s string) (Key, error) {
	var k Key
	if len(s) != 40 {
		return k, fmt.Errorf("zmtp: a CURVE key has 40 characters of Z85, this one %d", len(s))
	}
	for i := 0; i < 8; i++ {
		var v uint64
		for _, c := range []byte(s[5*i : 5*i+5]) {
			d := strings.IndexByte(z85, c)
			if d < 0 {
				return k, fmt.Errorf("zmtp: a CURVE key holds a character that is not Z85")
			}
			v = v*85 + uint64(d)
		}
		if v > 1<<32-1 {
			return k, fmt.Errorf("zmtp: a CURVE key holds a group that is out of range")
		}
		binary.BigEndian.PutUint32(k[4*i:], uint32(v))
	}
	return k, nil
}
