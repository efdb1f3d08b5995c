package jupyter

import (
	"runtime"
	"strings"
)

// kernelInfo says who we are and what we speak.
func (k *server) kernelInfo(*request) (any, error) {
	version := k.opts.Version
	if version == "" {
		version = "devel"
	}
	return kernelInfoReply{
		Status:          "ok",
		ProtocolVersion: protocolVersion,
		Implementation:  "gossl", ImplementationVersion: version,
		LanguageInfo: languageInfo{
			Name: "go", Version: strings.TrimPrefix(runtime.Version(), "go"), MIMEType: "text/x-go",
			FileExtension: ".go", PygmentsLexer: "go", CodeMirrorMode: "go",
		},
		Banner: "gossl " + version + ": a live Go session for self-supervised learning",
		HelpLinks: []helpLink{
			{"The Go language", "https://go.dev/ref/spec"},
			{"Go's packages", "https://pkg.go.dev/std"},
			{"GoMLX", "https://pkg.go.dev/github.com/gomlx/gomlx"},
		},
		SupportedFeatures: []string{"kernel subshells"},
	}, nil
}

// connect says where the channels are. Clients of protocol 5.1 and later no longer ask.
func (k *server) connect(*request) (any, error) {
	c := k.conn
	return connectReply{"ok", c.ShellPort, c.IOPubPort, c.StdinPort, c.HBPort, c.ControlPort}, nil
}

// interrupt ends the running cell, and no training that it started.
func (k *server) interrupt(*request) (any, error) {
	k.session.Interrupt()
	return statusReply{"ok"}, nil
}

// shutdown answers, tells everybody, and then ends the server.
func (k *server) shutdown(r *request) (any, error) {
	var q shutdownContent
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	reply := shutdownContent{Status: "ok", Restart: q.Restart}
	r.out.send("shutdown_reply", reply)
	r.after = k.stop
	return reply, nil
}
