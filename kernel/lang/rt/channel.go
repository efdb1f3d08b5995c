package rt

import (
	"reflect"
	"time"
)

// ended is the channel that ends a blocking operation of the calling goroutine: its
// cell's Done, or for a deferred call of an interrupted cell the end of its grace.
func ended() <-chan struct{} {
	c := Current()
	if c == nil {
		return nil
	}
	if c.stop.Load() {
		if left, unwinding := grace(); unwinding && left > 0 {
			late := make(chan struct{})
			time.AfterFunc(left, func() { close(late) })
			return late
		}
	}
	return c.Done()
}

// Recv is v, ok = <-ch with dst a pointer to v, or nil.
func Recv(ch, dst any) (ok bool) {
	c := reflect.ValueOf(ch)
	v, ok := c.TryRecv()
	if !v.IsValid() { // it would block
		i := 0
		i, v, ok = reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: c},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ended())},
		})
		if i == 1 {
			interrupted()
		}
	}
	if dst != nil {
		reflect.ValueOf(dst).Elem().Set(v)
	}
	return ok
}

// Send is ch <- v with src a pointer to v.
func Send(ch, src any) {
	c, v := reflect.ValueOf(ch), reflect.ValueOf(src).Elem()
	if !c.IsNil() && c.TrySend(v) {
		return
	}
	i, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: c, Send: v},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ended())},
	})
	if i == 1 {
		interrupted()
	}
}

// Case is a case of a select statement. For a receive P points to the variable
// that takes the value and OK to the one that takes ok, both may be nil; for a send
// P points to the value.
type Case struct {
	Send bool
	Ch   any
	P    any
	OK   *bool
}

// Select is a select statement. It returns the index of the case that was taken,
// -1 for the default. Without cases and default it blocks until the interrupt.
func Select(hasDefault bool, cases ...Case) int {
	sel := make([]reflect.SelectCase, 0, len(cases)+1)
	for _, c := range cases {
		s := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.Ch)}
		if c.Send {
			s.Dir = reflect.SelectSend
			if s.Chan.IsValid() {
				s.Send = reflect.ValueOf(c.P).Elem()
			}
		}
		sel = append(sel, s)
	}
	last := reflect.SelectCase{Dir: reflect.SelectDefault}
	if !hasDefault {
		last = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ended())}
	}
	i, v, ok := reflect.Select(append(sel, last))
	if i == len(cases) {
		if hasDefault {
			return -1
		}
		interrupted()
	}
	if c := cases[i]; !c.Send {
		if c.P != nil {
			reflect.ValueOf(c.P).Elem().Set(v)
		}
		if c.OK != nil {
			*c.OK = ok
		}
	}
	return i
}
