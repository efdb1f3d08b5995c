package rt

// Unwrap, Is and As let package errors, called from compiled code, see the methods
// of a boxed error. What lowered code calls is in package standin.
func (b ErrBox) Unwrap() error {
	switch f := b.T.Func("Unwrap").(type) {
	case func(any) error:
		return f(b.V)
	case func(any) []error:
		return severalErrors(f(b.V))
	}
	return nil
}

// Is calls the type's Is method, if it has one.
func (b ErrBox) Is(target error) bool {
	f, ok := b.T.Func("Is").(func(any, error) bool)
	return ok && f(b.V, target)
}

// As calls the type's As method, if it has one.
func (b ErrBox) As(target any) bool {
	f, ok := b.T.Func("As").(func(any, any) bool)
	return ok && f(b.V, target)
}

// severalErrors is the one error that stands for several that an error wraps.
type severalErrors []error

func (e severalErrors) Error() string   { return "several errors" }
func (e severalErrors) Unwrap() []error { return e }
