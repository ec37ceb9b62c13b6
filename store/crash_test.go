package store

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"storyfold/story"
)

// childEnv asks the test binary to be one of the children below, childDir tells
// it where its store is.
const (
	childEnv = "STORYFOLD_STORE_CHILD"
	childDir = "STORYFOLD_STORE_DIR"
)

func TestMain(m *testing.M) {
	var err error
	switch dir := os.Getenv(childDir); os.Getenv(childEnv) {
	case "":
		// The command line may still ask for more.
		if err := flag.Set("rapid.checks", "30"); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	case "commit":
		err = commitForever(dir)
	case "owe":
		err = oweForever(dir)
	case "full disk":
		err = fillDisk(dir)
	default:
		err = errors.New("unknown child")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child returns the command that runs this binary as that child.
func child(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Skipf("no way to start this binary again: %v", err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+name, childDir+"="+dir)
	return cmd
}

// commitForever commits, says the number of each article that is committed, and goes on.
func commitForever(dir string) error {
	db, err := Open(dir, Options{Create: true})
	if err != nil {
		return err
	}
	for {
		if err := db.Commit(step(db.NextSeq())); err != nil {
			return err
		}
		fmt.Println(db.NextSeq() - 1)
	}
}

// step is a commit of three articles from seq on, in which the second one joins
// the first one's story, the third one's becomes it, and an earlier story is closed.
func step(seq uint64) *story.Commit {
	c := single(seq, seq+2)
	first, second, third := c.Stories[0].ID, c.Stories[1].ID, c.Stories[2].ID
	c.Stories = []story.Story{storyOf(first, c.Articles...)}
	c.Aliases = []story.Alias{{From: third, To: first}}
	c.Decisions[1] = story.Decision{Kind: story.Join, Article: seq + 1, Story: first}
	c.Decisions = append(c.Decisions, story.Decision{Kind: story.Merge, Story: first, From: third, Articles: []uint64{seq + 2}})
	c.States = []story.SourceState{{Name: "valley", ETag: fmt.Sprint(second)}}
	if seq > 3 {
		old := single(seq-3, seq-1)
		s := storyOf(old.Stories[0].ID, old.Articles...)
		s.Closed = true
		c.Stories = append(c.Stories, s)
	}
	return c
}

// A process that is killed loses nothing that it was told is stored, and leaves
// a store in order.
func TestKilledWhileCommitting(t *testing.T) {
	killed(t, "commit", 15, func(round int, db *DB) {
		if engine, err := db.Engine(); err != nil || string(engine) != fmt.Sprintf("engine after %d", db.NextSeq()-1) {
			t.Errorf("round %d: Engine() = %q, %v beside NextSeq() %d", round, engine, err, db.NextSeq())
		}
	})
}

// killed has a child say after each commit how far it is, kills it after one of the first
// so many, and looks at the store that it leaves.
func killed(t *testing.T, name string, within int, look func(round int, db *DB)) {
	t.Helper()
	dir := t.TempDir()
	for round := range 6 {
		cmd := child(t, name, dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Skipf("no way to start this binary again: %v", err)
		}
		acknowledged, stop := uint64(0), 1+rand.IntN(within)
		lines := bufio.NewScanner(out)
		for n := 1; lines.Scan(); n++ {
			if acknowledged, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
				t.Fatalf("the child says %q", lines.Text())
			}
			if n == stop {
				time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("round %d: the child ended with %v", round, err)
		}
		check(t, dir)
		db := openStore(t, dir)
		if next := db.NextSeq(); next <= acknowledged || next%3 != 1 {
			t.Errorf("round %d: NextSeq() = %d, but %d was acknowledged", round, next, acknowledged)
		}
		look(round, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A process that is killed while it makes the store does not hinder the next one.
func TestKilledWhileCreating(t *testing.T) {
	for round := range 8 {
		dir := filepath.Join(t.TempDir(), "data")
		cmd := child(t, "commit", dir)
		if err := cmd.Start(); err != nil {
			t.Skipf("no way to start this binary again: %v", err)
		}
		time.Sleep(time.Duration(round*2) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		db := openStore(t, dir)
		commit(t, db, step(db.NextSeq()))
	}
}

// fillDisk commits until the limit on the size of a file stops it, and goes on
// when the limit is gone.
func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	db, err := Open(dir, Options{Create: true})
	if err != nil {
		return err
	}
	if err := db.Commit(step(1)); err != nil {
		return err
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	// The first limit stops the file from growing, the second one a write in the middle of it.
	for _, limit := range []uint64{uint64(db.Stats().Bytes) + 100_000, 50_000} {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: was.Max}); err != nil {
			return err
		}
		if err := untilFull(db); err != nil {
			return err
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			return err
		}
		if err := errors.Join(db.Probe(), db.Check(), db.Commit(step(db.NextSeq())), db.Check()); err != nil {
			return fmt.Errorf("with room again: %w", err)
		}
	}
	return db.Close()
}

// untilFull commits until that fails, and looks at what is left then.
func untilFull(db *DB) error {
	for range 100_000 {
		next := db.NextSeq()
		err := db.Commit(step(next))
		if err == nil {
			continue
		}
		if !errors.Is(err, syscall.EFBIG) {
			return fmt.Errorf("commit without room: %w", err)
		}
		if db.NextSeq() != next {
			return fmt.Errorf("NextSeq() = %d after a failed commit, was %d", db.NextSeq(), next)
		}
		if _, err := db.Article(next - 1); err != nil {
			return fmt.Errorf("after a failed commit: %w", err)
		}
		if _, err := db.Article(next); !errors.Is(err, story.ErrNotFound) {
			return fmt.Errorf("article of the failed commit: %v", err)
		}
		return db.Check()
	}
	return errors.New("no commit failed")
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	out, err := child(t, "full disk", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	check(t, dir)
}
