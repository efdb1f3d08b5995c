package standin

import "github.com/gossl/gossl/kernel/lang/rt"

var _ = add(map[string]any{"reflect.DeepEqual": rt.DeepEqual})
