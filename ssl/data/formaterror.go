package data

import "fmt"

// FormatError reports a file that is not what its name says: the place in it, what was
// expected there, and what to do.
type FormatError struct {
	File   string // the file's path
	Offset int64  // byte offset in the uncompressed contents
	Want   string // what should have been there, and what was
	Remedy string // what to do about it
	Err    error  // the cause, when another error led here
}

// Error reads "FILE: offset N: WANT; REMEDY".
func (e *FormatError) Error() string {
	msg := fmt.Sprintf("%s: offset %d: %s", e.File, e.Offset, e.Want)
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	if e.Remedy != "" {
		msg += "; " + e.Remedy
	}
	return msg
}

// Unwrap returns the cause.
func (e *FormatError) Unwrap() error { return e.Err }
