package kernel

// Frontend is where a cell shows what it has to say: a terminal, a notebook, a test. A Frontend stays usable after
// its cell has returned, since goroutines and runs that the cell started go on; all methods are safe for concurrent
// use. One with a method Note(text string) is also told what a cell's author should know beside the result: imports
// that were added, definitions that still use an old one.
type Frontend interface {
	// Stream shows text on "stdout" or "stderr". Text comes in pieces of any length, not in lines.
	Stream(name, text string)
	// Display shows a rich value. A display with the id of an earlier one replaces it in place; an empty id is always new.
	Display(id string, b Bundle)
	// Input asks the user for one line and returns it without its newline; secret input is not echoed. The error is
	// io.EOF when there is no more input or none can be asked for.
	Input(prompt string, secret bool) (string, error)
}

// Bundle is one value in several forms, by MIME type: a string for text types, []byte for binary ones such as
// "image/png". "text/plain" is always among them.
type Bundle map[string]any

// Text returns the form for plain terminals.
func (b Bundle) Text() string {
	s, _ := b[TextPlain].(string)
	return s
}

// The MIME types that the kernel itself makes.
const (
	TextPlain = "text/plain"
	TextHTML  = "text/html"
	ImagePNG  = "image/png"
)

// Discard is a Frontend that shows nothing and has no input.
var Discard Frontend = discard{}

type discard struct{}

func (discard) Stream(string, string)              {}
func (discard) Display(string, Bundle)             {}
func (discard) Input(string, bool) (string, error) { return "", errNoInput }
