package kernel

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON returns the bundle as notebooks and clients keep it: text stays text, other bytes become base64, a value that
// JSON cannot hold is replaced by its text, and notes between the kernel and a terminal are left out.
func (b Bundle) JSON() map[string]any {
	out := make(map[string]any, len(b))
	for mime, v := range b {
		switch v := v.(type) {
		case string:
			out[mime] = v
		case []byte:
			if isText(mime) {
				out[mime] = string(v)
			} else {
				out[mime] = base64.StdEncoding.EncodeToString(v)
			}
		default:
			if !strings.HasSuffix(mime, "json") {
				continue // a note
			}
			if text, err := json.Marshal(v); err == nil {
				out[mime] = json.RawMessage(text)
			} else {
				out[mime] = fmt.Sprint(v)
			}
		}
	}
	if len(out) == 0 {
		out[TextPlain] = ""
	}
	return out
}

// isText tells MIME types that are sent as text from those sent as base64.
func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || strings.HasSuffix(mime, "+xml") || strings.HasSuffix(mime, "json") ||
		mime == "application/javascript"
}
