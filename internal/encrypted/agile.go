package encrypted

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"slices"
)

// passwordNS names the kind of key that a password encrypts ([MS-OFFCRYPTO] 2.3.4.10).
const passwordNS = "http://schemas.microsoft.com/office/2006/keyEncryptor/password"

const (
	segmentSize = 4096 // bytes that are encrypted together
	maxInfo     = 1 << 20
	maxSpins    = 10_000_000 // the format's limit: some seconds
	leastSpins  = 100_000    // what Excel does
)

// What a hash serves for is hashed into it ([MS-OFFCRYPTO] 2.3.4.12 to 2.3.4.14).
const (
	forVerifier     = "\xFE\xA7\xD2\x76\x3B\x4B\x9E\x79"
	forVerifierHash = "\xD7\xAA\x0F\x6D\x30\x61\x34\x4E"
	forKey          = "\x14\x6E\x0B\xE7\xAB\xAC\xD0\xD6"
	forHMACKey      = "\x5F\xB2\xAD\x01\x0C\xB9\xE1\xF6"
	forHMAC         = "\xA0\x67\x7F\x02\xB2\x2C\x84\x33"
)

// parameters are how something is encrypted.
type parameters struct {
	SaltSize  int         `xml:"saltSize,attr"`
	BlockSize int         `xml:"blockSize,attr"`
	KeyBits   int         `xml:"keyBits,attr"`
	HashSize  int         `xml:"hashSize,attr"`
	Cipher    string      `xml:"cipherAlgorithm,attr"`
	Chaining  string      `xml:"cipherChaining,attr"`
	Hash      string      `xml:"hashAlgorithm,attr"`
	Salt      base64Bytes `xml:"saltValue,attr"`
}

// passwordKey is the key of the package, encrypted with the password.
type passwordKey struct {
	Spins int `xml:"spinCount,attr"`
	parameters
	Verifier     base64Bytes `xml:"encryptedVerifierHashInput,attr"`
	VerifierHash base64Bytes `xml:"encryptedVerifierHashValue,attr"`
	Key          base64Bytes `xml:"encryptedKeyValue,attr"`
}

// integrity is the check over the encrypted package.
type integrity struct {
	HMACKey base64Bytes `xml:"encryptedHmacKey,attr"`
	HMAC    base64Bytes `xml:"encryptedHmacValue,attr"`
}

// agile is agile encryption: a descriptor in XML.
type agile struct {
	XMLName   xml.Name   `xml:"http://schemas.microsoft.com/office/2006/encryption encryption"`
	Data      parameters `xml:"keyData"`
	Integrity *integrity `xml:"dataIntegrity"`
	Keys      []struct {
		URI      string       `xml:"uri,attr"`
		Password *passwordKey `xml:"http://schemas.microsoft.com/office/2006/keyEncryptor/password encryptedKey"`
	} `xml:"keyEncryptors>keyEncryptor"`

	key *passwordKey // the one among Keys
}

// base64Bytes is bytes in base64.
type base64Bytes []byte

func (b *base64Bytes) UnmarshalText(text []byte) (err error) {
	*b, err = base64.StdEncoding.DecodeString(string(text))
	return err
}

// readAgile reads the descriptor.
func readAgile(text []byte) (*agile, error) {
	if len(text) > maxInfo {
		return nil, damaged("the stream %s has %d bytes", infoStream, len(text))
	}
	a := &agile{}
	if err := xml.Unmarshal(text, a); err != nil {
		return nil, damaged("the stream %s is no encryption descriptor", infoStream)
	}
	for _, k := range a.Keys {
		if k.URI != passwordNS {
			continue
		}
		if k.Password == nil || a.key != nil {
			return nil, damaged("the stream %s has not one key for a password", infoStream)
		}
		a.key = k.Password
	}
	if a.key == nil {
		return nil, &Unsupported{Detail: "it can be opened with a certificate only, not with a password", Remedy: "give it a password instead (File, Info, Protect Workbook)"}
	}
	if a.key.Spins < 0 || a.key.Spins > maxSpins {
		return nil, damaged("the stream %s asks for %d rounds of hashing", infoStream, a.key.Spins)
	}
	for _, p := range []parameters{a.Data, a.key.parameters} {
		if err := p.check(); err != nil {
			return nil, err
		}
	}
	if !a.whole() {
		return nil, damaged("the stream %s has a value that is too short", infoStream)
	}
	return a, nil
}

// check refuses what is not known, and what contradicts itself.
func (p *parameters) check() error {
	newHash := newHash(p.Hash)
	if newHash == nil || p.Cipher != "AES" || p.Chaining != "ChainingModeCBC" {
		return &Unsupported{Detail: fmt.Sprintf("it is encrypted with %q, %q and %q, of which not all are known", p.Cipher, p.Chaining, p.Hash), Remedy: saveAgain}
	}
	if p.BlockSize != aes.BlockSize || !slices.Contains([]int{128, 192, 256}, p.KeyBits) || p.HashSize != newHash().Size() || p.SaltSize < 1 || p.SaltSize != len(p.Salt) {
		return damaged("the stream %s has sizes that do not go together", infoStream)
	}
	return nil
}

// whole reports whether every encrypted value is as long as it must be.
func (a *agile) whole() bool {
	long := func(v []byte, least int) bool { return len(v)%aes.BlockSize == 0 && len(v) >= least }
	k, i := a.key, a.Integrity
	return long(k.Verifier, k.SaltSize) && long(k.VerifierHash, k.HashSize) && long(k.Key, a.Data.KeyBits/8) &&
		(i == nil || long(i.HMACKey, a.Data.HashSize) && long(i.HMAC, a.Data.HashSize))
}

func (a *agile) spins() int { return a.key.Spins }

// readOnly: the key of the package would have to be encrypted anew for everyone
// who opens it by other means.
func (a *agile) readOnly() string {
	if len(a.Keys) > 1 {
		return "it can also be opened in another way than by its password, such as by a certificate, and that would be lost; leave it the password only (File, Info, Protect Workbook)"
	}
	return ""
}

// open decrypts the package in place.
func (a *agile) open(password, stream []byte) ([]byte, error) {
	k, keys := a.key, a.key.keys(password)
	value := func(use string, v []byte) []byte { return crypt(cipher.NewCBCDecrypter, keys(use), k.Salt, v) }
	verifier := value(forVerifier, k.Verifier)[:k.SaltSize]
	if !hmac.Equal(k.hash(verifier), value(forVerifierHash, k.VerifierHash)[:k.HashSize]) {
		return nil, ErrPassword
	}
	key := value(forKey, k.Key)[:a.Data.KeyBits/8]
	if i := a.Integrity; i != nil {
		value := func(use string, v []byte) []byte {
			return crypt(cipher.NewCBCDecrypter, key, a.Data.vector(use), v)[:a.Data.HashSize]
		}
		if !hmac.Equal(a.Data.hmac(value(forHMACKey, i.HMACKey), stream), value(forHMAC, i.HMAC)) {
			return nil, damaged("it does not pass its own integrity check")
		}
	}
	size, data, err := split(stream)
	if err != nil {
		return nil, err
	}
	a.Data.segments(cipher.NewCBCDecrypter, key, data)
	return data[:size], nil
}

// keys hashes the password, as often as the rounds say, and gives the keys that
// follow from it ([MS-OFFCRYPTO] 2.3.4.11).
func (k *passwordKey) keys(password []byte) func(use string) []byte {
	h := spin(newHash(k.Hash)(), k.Salt, password, k.Spins)
	return func(use string) []byte { return fit(k.hash(h, []byte(use)), k.KeyBits/8) }
}

func (p *parameters) hash(parts ...[]byte) []byte {
	h := newHash(p.Hash)()
	for _, b := range parts {
		h.Write(b)
	}
	return h.Sum(nil)
}

func (p *parameters) hmac(key, data []byte) []byte {
	h := hmac.New(newHash(p.Hash), key)
	h.Write(data)
	return h.Sum(nil)
}

// vector is the initialization vector for a use ([MS-OFFCRYPTO] 2.3.4.12).
func (p *parameters) vector(use string) []byte {
	return fit(p.hash(p.Salt, []byte(use)), p.BlockSize)
}

// segments encrypts or decrypts whole blocks of the package in place
// ([MS-OFFCRYPTO] 2.3.4.15).
func (p *parameters) segments(m mode, key, data []byte) {
	block := newAES(key)
	for i := uint32(0); len(data) > 0; i++ {
		segment := data[:min(segmentSize, len(data))]
		data = data[len(segment):]
		m(block, p.vector(string(numbered(i)))).CryptBlocks(segment, segment)
	}
}
