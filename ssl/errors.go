package ssl

import (
	"errors"
	"fmt"
)

// ErrEnded is the cause of every edit refused because its run no longer trains.
var ErrEnded = errors.New("the run has ended")

// BuildError says which part of the training graph could not be built, and why. Nothing was
// changed by the attempt.
type BuildError struct {
	What string // the part, with shapes
	Err  error  // the cause
	Hint string // what to do
}

// Error is the part, the cause and the remedy in one line.
func (e *BuildError) Error() string {
	s := fmt.Sprintf("cannot build %s: %v", e.What, e.Err)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap returns the cause.
func (e *BuildError) Unwrap() error { return e.Err }

// SettingError names a setting of an experiment that cannot be.
type SettingError struct {
	Setting string // the field, "Batch"
	Err     error  // what is wrong, and the remedy
}

// Error is the setting and what is wrong with it.
func (e *SettingError) Error() string {
	return fmt.Sprintf("experiment setting %s: %v", e.Setting, e.Err)
}

// Unwrap returns the cause.
func (e *SettingError) Unwrap() error { return e.Err }

// asError makes an error of a recovered panic.
func asError(r any) error {
	switch r := r.(type) {
	case error:
		return r
	default:
		return fmt.Errorf("%v", r)
	}
}

// catch turns a panic of graph building into *err. Errors are expected; anything else that a
// user's function throws is reported as it prints.
func catch(what string, err *error) {
	r := recover()
	if r == nil {
		return
	}
	cause := asError(r)
	var b *BuildError
	if errors.As(cause, &b) {
		*err = b
		return
	}
	*err = &BuildError{What: what, Err: cause}
}

func asBuildError(err error) (*BuildError, bool) {
	var b *BuildError
	ok := errors.As(err, &b)
	return b, ok
}
