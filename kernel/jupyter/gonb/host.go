package gonb

// Host is where the bridge shows what arrives. The functions are called one at a
// time, in the order in which cells sent.
type Host struct {
	// Display shows data by MIME type; a string for text, []byte for binary forms.
	// The same id again means an update in place.
	Display func(id string, data map[string]any)
	// Input is to ask the user for a line that the cell will read from its
	// standard input. It must not block.
	Input func(prompt string, secret bool)
	// Refused is told, in one line, of something that is not supported. The cell
	// that sent it may wait for an answer.
	Refused func(reason string)
}
