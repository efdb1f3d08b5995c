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
	// Start is to connect the page that shows the running cell.
	Start func()
	// Subscribe tells that the cell listens at an address, or no longer does.
	Subscribe func(address string, on bool)
	// Value is to be sent to what listens at the address in the page. A request asks
	// for the page's own value there.
	Value func(address string, value any, request bool)
	// Refused is told, in one line, of something that went wrong.
	Refused func(reason string)
}
