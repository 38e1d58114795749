package store

// fileSystem is what the system says of the place where a folder lies.
type fileSystem struct {
	name     string // in words, with an article
	share    bool   // other computers write to it: no place for the state
	doubtful bool   // it may be a share
}
