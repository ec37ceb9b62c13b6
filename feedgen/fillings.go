package feedgen

import "sync"

// maxFillings is about how many bytes of memory kept fillings may take.
const maxFillings = 8 << 20

// fillings keeps what entries say, since most of the entries of a feed are those
// that it had before the last commit, and the same in each format. It holds those
// used last, and some that were not used for as long.
type fillings struct {
	mu    sync.Mutex // guards what follows
	of    *settings  // that all are made under
	bytes int        // of young
	young map[fillingKey]*filling
	old   map[fillingKey]*filling
}

// fillingKey names all that a filling is made of, but the settings.
type fillingKey struct {
	name    string // of the entry
	version uint64 // of the story
	first   int64  // when the entry was first shown, nanoseconds since 1970
	link    Link
	acts    bool
}

// fill completes e for f as v.fill does.
func (k *fillings) fill(v *view, f *Feed, e *entry) error {
	if e.frozen() || e.Version == 0 {
		return v.fill(f, e)
	}
	key := fillingKey{e.name, e.Version, e.first.UnixNano(), f.Link, f.acts}
	if kept := k.lookup(v.settings, key); kept != nil {
		e.filling = *kept
		return nil
	}
	if err := v.fill(f, e); err != nil {
		return err
	}
	k.keep(v.settings, key, e.filling)
	return nil
}

func (k *fillings) lookup(set *settings, key fillingKey) *filling {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of != set {
		return nil
	}
	if x := k.young[key]; x != nil {
		return x
	}
	x := k.old[key]
	if x != nil {
		delete(k.old, key)
		k.add(key, x)
	}
	return x
}

func (k *fillings) keep(set *settings, key fillingKey, x filling) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of != set {
		if k.of != nil && k.of.serial > set.serial { // of a view from before the last change
			return
		}
		k.of, k.bytes, k.young, k.old = set, 0, map[fillingKey]*filling{}, nil
	}
	k.add(key, &x)
}

// add keeps x among the young ones, which become the old ones when they are many.
func (k *fillings) add(key fillingKey, x *filling) {
	if k.bytes += len(key.name) + len(x.content) + sizeOf(x.storyfold.Articles) + 1000; k.bytes > maxFillings/2 {
		k.bytes, k.old, k.young = 0, k.young, map[fillingKey]*filling{}
	}
	k.young[key] = x
}
