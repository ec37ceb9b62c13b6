package fetcher

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestPublish(t *testing.T) {
	var code atomic.Int32
	var got atomic.Pointer[http.Request]
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		got.Store(r)
		w.Header().Set("Retry-After", "120")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(int(code.Load()))
	}))
	defer hub.Close()
	f, err := New(Options{AllowPrivateNetworks: true, UserAgent: "storyfold/test"})
	if err != nil {
		t.Fatal(err)
	}
	const topic = "https://news.example/feed.atom?a=1&b=ü"
	for _, c := range []int{200, 202, 204, 307, 404, 429, 500} {
		code.Store(int32(c))
		err := f.Publish(t.Context(), hub.URL+"/hub?x=1", topic)
		var status *StatusError
		switch {
		case c < 300 && err != nil:
			t.Errorf("%d: %v", c, err)
		case c >= 300 && (!errors.As(err, &status) || status.Code != c || status.RetryAfter != 2*time.Minute):
			t.Errorf("%d: %v", c, err)
		}
		r := got.Load()
		if r.Method != "POST" || r.URL.String() != "/hub?x=1" || r.PostForm.Encode() != "hub.mode=publish&hub.url=https%3A%2F%2Fnews.example%2Ffeed.atom%3Fa%3D1%26b%3D%C3%BC" ||
			r.UserAgent() != "storyfold/test" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("%d: the hub got %s %s %v", c, r.Method, r.URL, r.PostForm)
		}
	}

	guarded, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	got.Store(nil)
	for _, address := range []string{hub.URL, "http://localhost:1/", "http://10.0.0.1/", "/hub", "ftp://hub.example/"} {
		if err := guarded.Publish(t.Context(), address, topic); err == nil || got.Load() != nil {
			t.Errorf("a hub at %s was reached, or %v", address, err)
		}
	}
	if err := guarded.Publish(t.Context(), hub.URL, topic); !errors.Is(err, ErrRefused) {
		t.Errorf("a hub at a private address: %v, want ErrRefused", err)
	}
}

func TestPublishWaitsForNoHubForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, err := New(Options{Timeout: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		f.client.guarded = silent{}
		start := time.Now()
		if err := f.Publish(t.Context(), "https://hub.example/", "https://news.example/feed.atom"); err == nil || time.Since(start) != hubTimeout {
			t.Errorf("a silent hub: %v after %v", err, time.Since(start))
		}
	})
}

// silent is a network on which nobody answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}
