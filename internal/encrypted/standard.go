package encrypted

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"fmt"
	"slices"
)

// standard is standard encryption, as Excel 2007 wrote it: AES in ECB mode,
// SHA-1, 50,000 rounds, no integrity check ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9).
type standard struct {
	keyBytes               int
	salt                   []byte
	verifier, verifierHash []byte // encrypted
}

const standardSpins = 50_000

// Flags of the encryption header ([MS-OFFCRYPTO] 2.3.1).
const (
	flagExternal = 1 << 4
	flagAES      = 1 << 5
)

// readStandard reads header and verifier ([MS-OFFCRYPTO] 2.3.2 and 2.3.3).
func readStandard(info []byte) (*standard, error) {
	short := damaged("the stream %s is cut short", infoStream)
	if len(info) < 4 {
		return nil, short
	}
	size := le.Uint32(info)
	if size < 32 || uint64(size) > uint64(len(info)-4) {
		return nil, short
	}
	header, v := info[4:4+size], info[4+size:]
	flags, algorithm, hash, bits := le.Uint32(header), le.Uint32(header[8:]), le.Uint32(header[12:]), le.Uint32(header[16:])
	keyBytes := map[uint32]int{0x660E: 16, 0x660F: 24, 0x6610: 32}[algorithm]
	const sha = 0x8004
	if flags&flagAES == 0 || flags&flagExternal != 0 || keyBytes == 0 || hash != sha && hash != 0 {
		return nil, &Unsupported{Detail: fmt.Sprintf("it is encrypted with the cipher %#x and the hash %#x, of which not both are known", algorithm, hash), Remedy: saveAgain}
	}
	if bits != 0 && int(bits) != keyBytes*8 {
		return nil, damaged("the stream %s has sizes that do not go together", infoStream)
	}
	if len(v) < 72 {
		return nil, short
	}
	if le.Uint32(v) != 16 || le.Uint32(v[36:]) != sha1.Size {
		return nil, damaged("the stream %s has sizes that do not go together", infoStream)
	}
	return &standard{keyBytes: keyBytes, salt: v[4:20], verifier: v[20:36], verifierHash: v[40:72]}, nil
}

func (s *standard) spins() int       { return standardSpins }
func (s *standard) readOnly() string { return "" }

// open decrypts the package in place.
func (s *standard) open(password, stream []byte) ([]byte, error) {
	block := newAES(s.key(password))
	verifier, verifierHash := ecb(block, slices.Clone(s.verifier)), ecb(block, slices.Clone(s.verifierHash))
	if sum := sha1.Sum(verifier); !hmac.Equal(sum[:], verifierHash[:sha1.Size]) {
		return nil, ErrPassword
	}
	size, data, err := split(stream)
	if err != nil {
		return nil, err
	}
	return ecb(block, data)[:size], nil
}

// key follows from the password ([MS-OFFCRYPTO] 2.3.4.7).
func (s *standard) key(password []byte) []byte {
	sum := sha1.Sum(append(spin(sha1.New(), s.salt, password, standardSpins), 0, 0, 0, 0))
	half := func(b byte) []byte {
		buf := [sha1.BlockSize]byte(slices.Repeat([]byte{b}, sha1.BlockSize))
		for i := range sum {
			buf[i] ^= sum[i]
		}
		h := sha1.Sum(buf[:])
		return h[:]
	}
	return append(half(0x36), half(0x5C)...)[:s.keyBytes]
}

// ecb decrypts whole blocks in place.
func ecb(block cipher.Block, data []byte) []byte {
	for i := 0; i < len(data); i += aes.BlockSize {
		block.Decrypt(data[i:], data[i:])
	}
	return data
}
