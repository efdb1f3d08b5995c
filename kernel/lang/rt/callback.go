package rt

// Callback makes a function that runs f as the cell of the goroutine that calls
// Callback, whatever goroutine it is run by: a timer's has no cell. Its panic is
// reported and ends nothing else.
func Callback(f func()) func() {
	c := Current()
	if c == nil {
		return f
	}
	return func() {
		done := make(chan struct{})
		c.begin()
		go c.protect(f, func(err error) { // on a goroutine that may be ended
			defer close(done)
			c.report(err)
		})
		<-done
	}
}
