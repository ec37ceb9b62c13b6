package feedgen

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/time/rate"
)

// verdict is what became of a name and a password.
type verdict int

const (
	noUser   verdict = iota // none were sent, or they are wrong
	isUser                  // they are a user's
	tooOften                // they were not looked at: too many wrong ones came before
)

// Limits of logins. A check by bcrypt takes a processor's time, so that few run
// and guessing is slow.
const (
	maxCredential = 1 << 10          // bytes of a name and a password
	maxWaiting    = 16               // checks that wait for their turn
	maxRight      = 256              // remembered logins
	maxGuessers   = 4096             // clients whose wrong passwords are counted
	guesses       = 10               // wrong passwords of one client at once …
	guessEvery    = 10 * time.Second // … and how long until another one is free
)

// logins checks names and passwords. A check by bcrypt is made once for a
// login: what was right is remembered, by a hash under a key of this process.
// One check runs at a time, and a client that guesses has to wait. It is safe
// for concurrent use.
type logins struct {
	secret  [32]byte
	waiting chan struct{} // holds one for each check that waits or runs
	turn    chan struct{} // holds one while a check runs

	mu      sync.Mutex // guards what follows
	right   map[[32]byte]struct{}
	guesser map[netip.Prefix]*rate.Limiter
}

func newLogins() *logins {
	l := &logins{
		waiting: make(chan struct{}, maxWaiting), turn: make(chan struct{}, 1),
		right: map[[32]byte]struct{}{}, guesser: map[netip.Prefix]*rate.Limiter{},
	}
	rand.Read(l.secret[:]) // never fails
	return l
}

// check says whether name and password are those of a user of set. from is
// where they come from. A name that is not there takes as long as a wrong password.
func (l *logins) check(ctx context.Context, set *settings, name, password string, from netip.Prefix, now time.Time) verdict {
	if len(name) > maxCredential || len(password) > maxCredential {
		return noUser
	}
	hash, known := set.users[name]
	if !known {
		hash = set.costly
	}
	print := l.print(name, password, hash)
	if known && l.remembers(print) {
		return isUser
	}
	if !l.mayGuess(from, now) || !l.wait(ctx) {
		return tooOften
	}
	defer l.leave()
	if !l.mayGuess(from, now) { // others of the same client were wrong meanwhile
		return tooOften
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || !known {
		l.wrong(from, now)
		return noUser
	}
	if len(l.right) >= maxRight {
		clear(l.right)
	}
	l.right[print] = struct{}{}
	return isUser
}

// print returns the mark by which a login is remembered. A changed hash makes another one.
func (l *logins) print(name, password, hash string) (sum [32]byte) {
	mac := hmac.New(sha256.New, l.secret[:])
	for _, part := range []string{name, password, hash} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	mac.Sum(sum[:0])
	return sum
}

func (l *logins) remembers(print [32]byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.right[print]
	return ok
}

// wait returns true when it is the caller's turn, who then calls leave; false
// when too many wait already, or ctx ends.
func (l *logins) wait(ctx context.Context) bool {
	select {
	case l.waiting <- struct{}{}:
	default:
		return false
	}
	select {
	case l.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		<-l.waiting
		return false
	}
}

func (l *logins) leave() {
	<-l.turn
	<-l.waiting
}

// mayGuess reports whether from has a guess left.
func (l *logins) mayGuess(from netip.Prefix, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.guesser[from]
	return g == nil || g.TokensAt(now) >= 1
}

// wrong counts a wrong password. The caller holds mu.
func (l *logins) wrong(from netip.Prefix, now time.Time) {
	g := l.guesser[from]
	if g == nil {
		l.makeRoom(now)
		g = rate.NewLimiter(rate.Every(guessEvery), guesses)
		l.guesser[from] = g
	}
	g.AllowN(now, 1)
}

// makeRoom forgets clients that have all their guesses again, if there are too
// many; and some other one if there are none. The caller holds mu.
func (l *logins) makeRoom(now time.Time) {
	if len(l.guesser) < maxGuessers {
		return
	}
	for from, g := range l.guesser {
		if g.TokensAt(now) >= guesses {
			delete(l.guesser, from)
		}
	}
	for from := range l.guesser {
		if len(l.guesser) < maxGuessers {
			return
		}
		delete(l.guesser, from)
	}
}
