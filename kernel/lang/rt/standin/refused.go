package standin

const byReflection = "it looks at the value by reflection, and package reflect cannot make the types that cells define; "

var (
	_ = refuse(byReflection+"use encoding/json, or convert the value to compiled types first",
		"(*encoding/gob.Encoder).Encode", "(*encoding/gob.Encoder).EncodeValue", "(*encoding/gob.Decoder).Decode", "(*encoding/gob.Decoder).DecodeValue",
		"encoding/gob.Register", "encoding/gob.RegisterName",
		"encoding/xml.Marshal", "encoding/xml.MarshalIndent", "encoding/xml.Unmarshal",
		"(*encoding/xml.Encoder).Encode", "(*encoding/xml.Encoder).EncodeElement", "(*encoding/xml.Decoder).Decode", "(*encoding/xml.Decoder).DecodeElement",
		"encoding/asn1.Marshal", "encoding/asn1.MarshalWithParams", "encoding/asn1.Unmarshal", "encoding/asn1.UnmarshalWithParams",
		"net/rpc.Register", "net/rpc.RegisterName", "(*net/rpc.Server).Register", "(*net/rpc.Server).RegisterName",
		"(*net/rpc.Client).Call", "(*net/rpc.Client).Go")
	_ = refuse(byReflection+"give the template a map[string]any of compiled values",
		"(*text/template.Template).Execute", "(*text/template.Template).ExecuteTemplate",
		"(*html/template.Template).Execute", "(*html/template.Template).ExecuteTemplate",
		"text/template.IsTrue", "html/template.IsTrue")
	_ = refuse(byReflection+"ask reflect.TypeOf about its type, and print it with %+v",
		"reflect.ValueOf")
)
