package encrypted

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"slices"
)

// newHash is a hash by the name that the descriptor gives it; nil: it is not known.
func newHash(name string) func() hash.Hash {
	switch name {
	case "SHA1", "SHA-1":
		return sha1.New
	case "SHA256", "SHA-256":
		return sha256.New
	case "SHA384", "SHA-384":
		return sha512.New384
	case "SHA512", "SHA-512":
		return sha512.New
	}
	return nil
}

// spin hashes a password over and over.
func spin(h hash.Hash, salt, password []byte, rounds int) []byte {
	h.Write(salt)
	h.Write(password)
	sum := h.Sum(nil)
	var round [4]byte
	for i := range rounds {
		le.PutUint32(round[:], uint32(i))
		h.Reset()
		h.Write(round[:])
		h.Write(sum)
		sum = h.Sum(sum[:0])
	}
	return sum
}

// fit cuts a hash to a length, or fills it up.
func fit(sum []byte, size int) []byte {
	for len(sum) < size {
		sum = append(sum, 0x36)
	}
	return sum[:size]
}

// mode is cipher.NewCBCEncrypter or cipher.NewCBCDecrypter.
type mode func(cipher.Block, []byte) cipher.BlockMode

// crypt encrypts or decrypts whole blocks.
func crypt(m mode, key, vector, value []byte) []byte {
	out := make([]byte, len(value))
	m(newAES(key), fit(slices.Clone(vector), aes.BlockSize)).CryptBlocks(out, value)
	return out
}

// newAES is AES with a key of a size that has been checked.
func newAES(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	return block
}

// padded is a value filled up to whole blocks.
func padded(v []byte) []byte {
	return append(slices.Clip(v), make([]byte, -len(v)&(aes.BlockSize-1))...)
}
