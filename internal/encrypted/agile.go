package encrypted

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
)

// passwordNS names the kind of key that a password encrypts ([MS-OFFCRYPTO] 2.3.4.10).
const passwordNS = "http://schemas.microsoft.com/office/2006/keyEncryptor/password"

const (
	sizePrefix  = 8    // bytes before the encrypted ones: how many they stand for
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

func (a *agile) spins() int { return a.key.Spins }

// sealable: the key of the package would have to be encrypted anew for everyone
// who opens it by other means.
func (a *agile) sealable() error {
	if len(a.Keys) > 1 {
		return &Unsupported{Detail: "it can also be opened in another way than by its password, such as by a certificate, and that cannot be kept when it is written", Remedy: "set write_back: false for it, or leave the password only (File, Info, Protect Workbook)"}
	}
	return nil
}

// open decrypts the package in place.
func (a *agile) open(password, stream []byte) ([]byte, error) {
	keys := a.key.keys(password)
	verifier, err1 := a.key.cbc(keys(forVerifier), a.key.Salt, a.key.Verifier)
	verifierHash, err2 := a.key.cbc(keys(forVerifierHash), a.key.Salt, a.key.VerifierHash)
	key, err3 := a.key.cbc(keys(forKey), a.key.Salt, a.key.Key)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if len(verifier) < a.key.SaltSize || len(verifierHash) < a.key.HashSize || len(key) < a.Data.KeyBits/8 {
		return nil, damaged("the stream %s has a key that is too short", infoStream)
	}
	if !hmac.Equal(a.key.hash(verifier[:a.key.SaltSize]), verifierHash[:a.key.HashSize]) {
		return nil, ErrPassword
	}
	key = key[:a.Data.KeyBits/8]
	if err := a.checkIntegrity(key, stream); err != nil {
		return nil, err
	}
	return a.Data.decrypt(key, stream)
}

// checkIntegrity holds the encrypted package against its HMAC ([MS-OFFCRYPTO]
// 2.3.4.14), which is optional.
func (a *agile) checkIntegrity(key, stream []byte) error {
	if a.Integrity == nil {
		return nil
	}
	hmacKey, err1 := a.Data.cbc(key, a.Data.vector(forHMACKey), a.Integrity.HMACKey)
	want, err2 := a.Data.cbc(key, a.Data.vector(forHMAC), a.Integrity.HMAC)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if len(hmacKey) < a.Data.HashSize || len(want) < a.Data.HashSize {
		return damaged("the stream %s has an integrity check that is too short", infoStream)
	}
	if !hmac.Equal(a.Data.hmac(hmacKey[:a.Data.HashSize], stream), want[:a.Data.HashSize]) {
		return damaged("it does not pass its own integrity check")
	}
	return nil
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

// segmentVector is that of a segment of the package.
func (p *parameters) segmentVector(n int) []byte {
	return p.vector(string(numbered(n)))
}

// cbc decrypts a value of the descriptor.
func (p *parameters) cbc(key, vector, value []byte) ([]byte, error) {
	if len(value)%p.BlockSize != 0 {
		return nil, damaged("the stream %s has a value that is no whole number of blocks", infoStream)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(value))
	cipher.NewCBCDecrypter(block, fit(slices.Clone(vector), p.BlockSize)).CryptBlocks(out, value)
	return out, nil
}

// decrypt decrypts the stream EncryptedPackage in place ([MS-OFFCRYPTO] 2.3.4.15).
func (p *parameters) decrypt(key, stream []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	size, data := le.Uint64(stream), stream[sizePrefix:]
	data = data[:len(data)/p.BlockSize*p.BlockSize]
	if size > uint64(len(data)) {
		return nil, damaged("the stream %s is cut short", packageStream)
	}
	for i, rest := 0, data; len(rest) > 0; i++ {
		segment := rest[:min(segmentSize, len(rest))]
		rest = rest[len(segment):]
		cipher.NewCBCDecrypter(block, p.segmentVector(i)).CryptBlocks(segment, segment)
	}
	return data[:size], nil
}
