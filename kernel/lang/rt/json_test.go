package rt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

type (
	Level  int
	Hex    int
	PText  struct{ N int }
	PJSON  struct{ N int }
	Zero   struct{ N int }
	Faulty int
	Bytes  []byte
	IDs    map[Level]int
	Base   struct {
		ID   int `json:"id"`
		Name string
		Deep *Deeper
	}
	Deeper struct{ X, Y Color }
	hidden struct{ Shown, shy int }
	Mixin  struct {
		Name string
		Extra,
		ID int
	}
	Doc struct {
		Base
		*Mixin
		hidden
		Title   Str           `json:"title"`
		Lvl     Level         `json:"level"`
		Ptr     *Level        `json:"ptr"`
		K       Word          `json:"kind,omitempty"`
		Q       Plain         `json:",string"`
		QS      Str           `json:"qs,string"`
		QP      *Ratio        `json:"qp,string,omitempty"`
		Tags    []Str         `json:"tags,omitempty"`
		Subs    []Doc         `json:"subs,omitempty"`
		ByLvl   map[Str]Level `json:"by,omitempty"`
		IDs     IDs           `json:"ids,omitempty"`
		secret  int
		D       time.Duration
		When    time.Time `json:"when,omitzero"`
		Any     any       `json:"any"`
		Raw     json.RawMessage
		Num     json.Number
		B       Bytes
		Arr     [2]Color
		Skip    Color `json:"-"`
		Dash    Color `json:"-,"`
		PT      PText
		PJ      PJSON
		PPT     *PText        `json:"ppt,omitempty"`
		Z       Zero          `json:"z,omitzero"`
		ZP      *Zero         `json:"zp,omitzero"`
		Fl      Small         `json:"<fl>"`
		Bad     Color         `json:"bad\"name"`
		M       map[Hex]Color `json:",omitempty"`
		Iface   fmt.Stringer  `json:",omitempty"`
		Inline  struct{ A, b Color }
		Fn      func() `json:"-"`
		ÄPFEL   Flagg
		Compact []struct {
			C Color `json:"c"`
		} `json:"compact,omitempty"`
	}
	Rec struct {
		V    int          `json:"v"`
		Next *Rec         `json:"next,omitempty"`
		Kids []*Rec       `json:"kids"`
		By   map[Str]*Rec `json:"by,omitempty"`
		Nest Nest         `json:"nest,omitempty"`
	}
	WithChan struct{ C Pipe }
	WithFunc struct {
		A int
		F Op
	}
)

func (l Level) String() string { return [...]string{"low", "high"}[l] }
func (l Level) MarshalJSON() ([]byte, error) {
	return []byte(`{ "lvl" : "<` + l.String() + `>" }`), nil
}
func (l *Level) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	for i, n := range []string{"low", "high"} {
		if s == n {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("bad level %q", s)
}
func (h Hex) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("%#x", int(h))), nil }
func (h *Hex) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "%v", (*int)(h))
	return err
}
func (p *PText) MarshalText() ([]byte, error) { return []byte(fmt.Sprint("n", p.N)), nil }
func (p *PText) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "n%d", &p.N)
	return err
}
func (p *PJSON) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf("[%d]", p.N)), nil }
func (z *Zero) IsZero() bool                  { return z.N == 7 }
func (f Faulty) MarshalJSON() ([]byte, error) {
	if f == 1 {
		return nil, io.EOF
	}
	return []byte("{"), nil
}

func jsonValues() []any {
	lv, r := Level(1), Ratio(2.5)
	full := Doc{Base: Base{1, "b", &Deeper{1, 2}}, Mixin: &Mixin{"m", 2, 3}, hidden: hidden{4, 5}, Title: "a<b>\u2028&", Lvl: 1, Ptr: &lv, K: 3, Q: -4, QS: `q"`, QP: &r, Tags: []Str{"x"},
		Subs: []Doc{{Title: "s"}}, ByLvl: map[Str]Level{"z": 1, "a": 0}, IDs: IDs{1: 2, 0: 3}, D: 5, When: time.Unix(0, 0).UTC(), Any: Color(1), Raw: json.RawMessage(`{"r": 1}`), Num: "12.50", B: Bytes("hi"),
		Arr: [2]Color{1, 2}, Dash: 1, PT: PText{3}, PJ: PJSON{4}, PPT: &PText{5}, Z: Zero{7}, ZP: &Zero{7}, Fl: 0.1, M: map[Hex]Color{17: 1, 3: 2}, Iface: Color(1), ÄPFEL: true}
	loop := &Rec{}
	loop.Next = loop
	return append(printed(), full, &full, Doc{Num: "1"}, &Doc{}, []Doc{{}}, lv, &lv, []Level{0, 1}, map[string]Level{"a": 1}, map[string]any{"t": &full, "l": lv, "n": nil, "d": []Level{1}}, []any{lv, &PText{1}, PText{2}, Hex(3)},
		Hex(255), map[Hex]int{1: 2, 16: 3}, map[PText]int{{1}: 2}, map[*PText]int{{1}: 2}, map[Color]int{2: 1, 10: 2, 1: 3}, map[Str]int{"b": 1, "a": 2}, map[Ratio]int{1: 1}, map[Plain]int{-3: 1}, PText{1}, &PText{1}, []PText{{1}}, []*PText{{1}, nil}, PJSON{2}, &PJSON{2}, map[string]PJSON{"v": {1}},
		Faulty(1), Faulty(2), []Faulty{1}, map[string]Faulty{"x": 2}, &Rec{V: 1, Next: &Rec{V: 2}, Kids: []*Rec{{V: 3}, nil}, By: map[Str]*Rec{"k": {V: 4}}, Nest: Nest{"n": nil}}, Rec{}, loop, WithChan{}, WithFunc{}, []any{WithFunc{}}, Bytes("x"), Bytes(nil), []Letter{'a'}, [2]Letter{'a', 'b'}, Zero{1}, []Zero{{7}},
		map[any]int{Color(1): 1}, Pair[Level, *Level]{1, &lv}, struct {
			Color `json:"c"`
			Base
		}{Color: 1}, struct{ *Base }{}, Mixin{}, json.Number("3"))
}

// TestMarshalAsCompiled compares json.Marshal, Indent and an Encoder without HTML
// escapes, results and errors.
func TestMarshalAsCompiled(t *testing.T) {
	w := newTwins()
	for i, x := range jsonValues() {
		b := w.box(x)
		for name, f := range map[string]func(any) (string, error){
			"Marshal": func(x any) (string, error) { o, err := json.Marshal(x); return string(o), PlainJSONError(err) },
			"MarshalIndent": func(x any) (string, error) {
				o, err := json.MarshalIndent(x, ">", "  ")
				return string(o), PlainJSONError(err)
			},
			"Encoder": func(x any) (string, error) {
				var b bytes.Buffer
				e := json.NewEncoder(&b)
				e.SetEscapeHTML(false)
				err := e.Encode(x)
				return b.String(), PlainJSONError(err)
			},
		} {
			want, wantErr := f(x)
			got, gotErr := f(b)
			if got != want || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Errorf("%s of operand %d, a %T\n got %s, %v\nwant %s, %v", name, i, x, got, gotErr, want, wantErr)
			}
		}
	}
}

var jsonDocs = strings.Split(`null
true
"high"
"zzz"
"n42"
"aGk="
"!!"
3
-3
300
1e3
2.5
1e999
[]
[1,2,3]
[1,"x",null]
["high","low"]
["a","b"]
[[1],[2,[3]]]
[{"v":1},null,{"kids":[{"v":2}]}]
{}
{"v":1,"next":{"v":2,"next":null},"kids":[{"v":3},null],"by":{"k":{"v":4}},"nest":{"a":{"b":{}}}}
{"v":"x","next":{"v":true},"kids":{"a":1},"by":[1]}
{"title":"in","level":"high","ptr":"low","kind":3,"Q":"5","qs":"\"s\"","qp":"2.5","tags":["a","b"],"subs":[{"title":"a","level":"low","subs":[]}],"by":{"x":"high"},"ids":{"1":2},"D":5,"when":"1970-01-01T00:00:00Z","any":[1,"z",{"k":null}],"Raw":{"r": 1},"Num":12.50,"B":"aGk=","Arr":[1,2,3],"PT":"n7","ppt":"n8","z":{"N":7},"zp":{"N":1},"<fl>":0.25,"M":{"0x11":1},"Inline":{"A":1,"b":2},"äpfel":true,"compact":[{"c":1},{"C":2}],"id":9,"Name":"nm","Deep":{"x":1,"Y":2},"Extra":3,"Shown":4}
{"TITLE":"fold","LEVEL":"high","unknown":[1,{"a":"}"}],"tags":null,"subs":null,"any":null,"Arr":[1]}
{"title":3,"level":"zzz"}
{"title":3,"kind":70000,"Arr":"x","D":"y"}
{"kind":-1,"Q":5,"qs":3,"Deep":{"X":"x"},"subs":[{"Deep":{"Y":[]}}]}
{"Q":"x","qs":"no","qp":"true"}
{"Q":"","qp":null}
{"Q":"null","qs":"null","qp":"null"}
{"by":{"x":3},"ids":{"a":1,"300":1},"M":{"q":1}}
{"Any":true,"any":{"deep":[1,2]},"Iface":{"a":1}}
{"a":1,"b":"x"}
{"1":1,"2":2,"300":3}
{"high":1}
{"A":1,"B":2,"a":3}
{"x":1,"y":2,"X":3}
{"First":1,"Second":"s"}
{"Name":"n","ID":4}
{"level":
[1,2
{"a" 1}
 
{"title":"trailing"} x
{"\u0074itle":"esc\u00e9\ud83d\ude00\n"}`, "\n")

func jsonTargets() []any {
	r, c := Ratio(1), Color(1)
	return []any{new(Doc), &Doc{Any: &c, Tags: []Str{"old1", "old2", "old3"}, ByLvl: map[Str]Level{"old": 1}, Arr: [2]Color{9, 9}, QP: &r, Mixin: &Mixin{Extra: 8}, PPT: &PText{1}}, new(Rec), &Rec{Next: &Rec{V: 7}, Kids: []*Rec{{V: 5}}},
		new(Color), new(Plain), new(Word), new(Str), new(Ratio), new(Small), new(Flagg), new(Level), new(*Level), new(Hex), new(PText), new(*PText), new(Bytes), new([]Color), new([]Level), new([]Str), new([3]Color), new([]Letter),
		new(map[Str]Color), &map[Str]Color{"old": 1}, new(map[Color]Str), new(map[Plain]int), new(map[Hex]Color), new(map[Level]int), new(map[string]any), new(any), new(Any), new(Tree), new(Nest), new([]Rec), new([]*Rec), new(map[Str]*Rec),
		new(Pair[Color, Str]), new(Pair[int, *Str]), new(Point), new(Inner), new(Tagged), new(struct{ A, B Color }), new(struct {
			Base
			X Color
		}), new(struct{ *hidden }), new(Namer), new(fmt.Stringer), new(Cplx), new(Op), new(Pipe), new([]any), new([][]Str), new(*Color), new(**Color), new(Faulty), Color(1), (*Color)(nil), nil, new(Colors)}
}

// TestUnmarshalAsCompiled compares what is decoded, and the errors.
func TestUnmarshalAsCompiled(t *testing.T) {
	for _, opts := range []JSONOptions{{}, {UseNumber: true, DisallowUnknownFields: true}} {
		for i := range jsonTargets() {
			for _, doc := range jsonDocs {
				w := newTwins()
				x := jsonTargets()[i]
				b := w.box(x)
				dec := json.NewDecoder(strings.NewReader(doc))
				opts.apply(dec)
				unmarshal := dec.Decode
				if opts == (JSONOptions{}) {
					unmarshal = func(x any) error { return json.Unmarshal([]byte(doc), x) }
				} else if !json.Valid([]byte(doc)) {
					continue // a decoder reads one value of several
				}
				wantErr := unmarshal(x)
				gotErr := UnmarshalJSON([]byte(doc), b, opts)
				if errors.Is(wantErr, io.ErrUnexpectedEOF) || errors.Is(wantErr, io.EOF) {
					wantErr = gotErr // a decoder's word for the same
				}
				var wt, gt *json.UnmarshalTypeError
				if errors.As(wantErr, &wt) && errors.As(gotErr, &gt) && (wt.Offset != gt.Offset || wt.Field != gt.Field || wt.Struct != gt.Struct || wt.Value != gt.Value) {
					t.Errorf("decoding %s into %T: got %+v, want %+v", doc, x, gt, wt)
				}
				if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
					t.Errorf("decoding %s into %T:\n got %v\nwant %v", doc, x, gotErr, wantErr)
				}
				if x == nil {
					continue
				}
				want := Sprintf("%#v", newTwins().box(deref(x)))
				got := Sprintf("%#v", derefBox(b))
				if addressRE.ReplaceAllString(got, "#") != addressRE.ReplaceAllString(want, "#") {
					t.Errorf("decoding %s into %T\n got %s\nwant %s", doc, x, got, want)
				}
				wj, _ := json.Marshal(x)
				gj, _ := json.Marshal(b)
				if string(wj) != string(gj) {
					t.Errorf("decoding %s into %T\n got %s\nwant %s", doc, x, gj, wj)
				}
			}
		}
	}
}

func deref(x any) any {
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer && !v.IsNil() {
		return v.Elem().Interface()
	}
	return x
}

func derefBox(x any) any {
	b := B(x)
	if b.T == nil {
		return deref(x)
	}
	if v := settle(reflect.ValueOf(b.V), b.T); b.T.Kind() == reflect.Pointer && v.Kind() == reflect.Pointer && !v.IsNil() {
		if b.T.Elem().Kind() == reflect.Interface {
			return v.Elem().Interface()
		}
		return Mk(b.T.Elem(), v.Elem().Interface())
	}
	return x
}
