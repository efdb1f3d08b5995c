package zmtp_test

import (
	"context"
	"fmt"
	"time"

	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

// A ROUTER answers whoever asks.
func Example() {
	ctx := context.Background()
	router := zmtp.NewRouter(zmtp.Options{})
	endpoint, err := router.Bind("tcp://127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer router.Close(time.Second)
	go func() {
		for {
			m, err := router.Recv(ctx)
			if err != nil {
				return
			}
			router.Send(m.From, append(zmtp.Message{m.From.Identity()}, m.Message...))
		}
	}()

	client, err := zmtp.Dial(ctx, endpoint, "DEALER", "ada", zmtp.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	if err := client.Send(zmtp.Message{[]byte("hello")}); err != nil {
		fmt.Println(err)
		return
	}
	reply, err := client.Recv()
	fmt.Printf("%s %v\n", reply, err)
	// Output: [ada hello] <nil>
}
