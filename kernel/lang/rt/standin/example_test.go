package standin_test

import (
	"fmt"

	"github.com/gossl/gossl/kernel/lang/rt"
	"github.com/gossl/gossl/kernel/lang/rt/standin"
)

// Lowered code calls the stand-in with boxes; encoding/json itself would see a box.
func Example() {
	task := rt.Named("main.Task").Def(rt.StructOf(
		rt.F("Title", rt.Of((*string)(nil)), `json:"title"`), rt.F("done", rt.Of((*bool)(nil)), "")))
	type rep struct { // the representation of a Task
		Title string
		Xdone bool
	}
	marshal, _ := standin.Func("encoding/json.Marshal")
	out, err := marshal.Interface().(func(any) ([]byte, error))(rt.Mk(task, rep{"write", true}))
	fmt.Println(string(out), err)

	var t rep
	unmarshal, _ := standin.Func("encoding/json.Unmarshal")
	err = unmarshal.Interface().(func([]byte, any) error)([]byte(`{"title": 3}`), rt.Mk(rt.PtrTo(task), &t))
	fmt.Println(err)

	_, ok := standin.Refused("encoding/xml.Marshal")
	fmt.Println("xml refused:", ok)
	// Output:
	// {"title":"write"} <nil>
	// json: cannot unmarshal number into Go struct field Task.title of type string
	// xml refused: true
}
