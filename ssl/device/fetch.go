package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// errStill is the cause of a download that was given up.
var errStill = errors.New("no byte arrived")

// fetch makes sure that the wheel of a part is in the store with the right hash.
func (s *Store) fetch(ctx context.Context, p Part, progress func(Progress)) error {
	if got, err := hashFile(s.wheel(p)); err == nil && got == p.SHA256 {
		return nil
	}
	what := "downloading " + p.Package + " " + p.Version
	fresh := false
	for {
		resumed, err := s.download(ctx, p, what, progress)
		if err != nil {
			return fmt.Errorf("device: %s from %s: %w", what, host(p.URL), err)
		}
		progress(Progress{What: "checking " + p.Package + " " + p.Version, Done: p.Size, Total: p.Size})
		got, err := hashFile(s.partial(p))
		if err != nil {
			return fmt.Errorf("device: %w", err)
		}
		if got == p.SHA256 {
			break
		}
		if err := os.Remove(s.partial(p)); err != nil {
			return fmt.Errorf("device: %w", err)
		}
		if !resumed || fresh {
			return fmt.Errorf("device: %s from %s: SHA-256 is %s, not the pinned %s: the file was changed on its way or at its source, and was deleted; try another network, or report it", what, host(p.URL), got, p.SHA256)
		}
		fresh = true // the first half may have come from an earlier, damaged download
	}
	if err := os.Rename(s.partial(p), s.wheel(p)); err != nil {
		return fmt.Errorf("device: %w", err)
	}
	return nil
}

// download completes the partial file. It goes on after a broken connection as long as
// each one brought something. resumed says that bytes of an earlier process were kept.
func (s *Store) download(ctx context.Context, p Part, what string, progress func(Progress)) (resumed bool, err error) {
	f, err := os.OpenFile(s.partial(p), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return false, err
	}
	defer f.Close()
	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return false, err
	}
	if have > p.Size {
		if err := f.Truncate(0); err != nil {
			return false, err
		}
		have = 0
	}
	resumed = have > 0
	for have < p.Size {
		progress(Progress{what, have, p.Size})
		next, err := s.transfer(ctx, p, f, have, func(n int64) { progress(Progress{what, n, p.Size}) })
		if err != nil && (ctx.Err() != nil || next <= have || !isNetwork(err)) {
			return resumed, err
		}
		have = next
	}
	return resumed, f.Sync()
}

// networkError marks what another attempt may mend.
type networkError struct{ error }

func (e networkError) Unwrap() error { return e.error }

func isNetwork(err error) bool {
	var n networkError
	return errors.As(err, &n)
}

// transfer appends to f, which holds have bytes, what one request brings, and returns how
// many bytes f then holds.
func (s *Store) transfer(ctx context.Context, p Part, f *os.File, have int64, tell func(int64)) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// One watch over the whole request: name look-up, proxy, TLS, headers and each read.
	watch := time.AfterFunc(s.Patience, func() { cancel(errStill) })
	defer watch.Stop()
	fail := func(err error) error {
		if context.Cause(ctx) == errStill {
			return networkError{fmt.Errorf("%w for %v; check the network and the proxy settings (HTTPS_PROXY), then try again", errStill, s.Patience)}
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the long address
		}
		return networkError{err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return have, err
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return have, fail(err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusPartialContent:
		if start, ok := rangeStart(resp.Header.Get("Content-Range")); !ok || start != have {
			return have, fmt.Errorf("the server answered with range %q where %d- was asked", resp.Header.Get("Content-Range"), have)
		}
	case http.StatusOK:
		if have > 0 { // the server knows no ranges: begin again
			if err := f.Truncate(0); err != nil {
				return 0, err
			}
			have = 0
		}
	case http.StatusRequestedRangeNotSatisfiable:
		if err := f.Truncate(0); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("the server has fewer than %d bytes of it; what was downloaded is deleted, try again", have)
	default:
		return have, fmt.Errorf("the server answered %s", resp.Status)
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return have, err
	}
	buf := make([]byte, 1<<18)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			watch.Reset(s.Patience)
			if have+int64(n) > p.Size {
				return have, fmt.Errorf("the server sent more than the %d bytes of %s %s", p.Size, p.Package, p.Version)
			}
			if _, werr := f.Write(buf[:n]); werr != nil {
				return have, werr
			}
			have += int64(n)
			tell(have)
		}
		if err == io.EOF {
			if have < p.Size {
				return have, fail(io.ErrUnexpectedEOF)
			}
			return have, nil
		}
		if err != nil {
			return have, fail(err)
		}
	}
}

// host names a server in messages.
func host(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return address
}

// rangeStart reads N of "bytes N-M/TOTAL".
func rangeStart(h string) (int64, bool) {
	h, ok := strings.CutPrefix(h, "bytes ")
	if !ok {
		return 0, false
	}
	first, _, ok := strings.Cut(h, "-")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(first, 10, 64)
	return n, err == nil
}
