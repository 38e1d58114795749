package encrypted

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
)

// sealAgile encrypts a package, and gives the streams EncryptionInfo and
// EncryptedPackage ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15).
func sealAgile(random io.Reader, password []byte, spins int, content []byte) (info, stream []byte, err error) {
	const saltSize, keySize, hashSize = 16, 32, 64
	secret := make([]byte, 3*saltSize+keySize+hashSize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, nil, err
	}
	take := func(n int) []byte {
		b := secret[:n:n]
		secret = secret[n:]
		return b
	}
	p := parameters{SaltSize: saltSize, BlockSize: aes.BlockSize, KeyBits: keySize * 8, HashSize: hashSize, Cipher: "AES", Chaining: "ChainingModeCBC", Hash: "SHA512"}
	data, k := p, &passwordKey{Spins: max(leastSpins, spins), parameters: p}
	data.Salt, k.Salt = take(saltSize), take(saltSize)
	verifier, key, hmacKey := take(saltSize), take(keySize), take(hashSize)

	keys := k.keys(password)
	for _, v := range []struct {
		to   *base64Bytes
		use  string
		from []byte
	}{
		{&k.Verifier, forVerifier, verifier},
		{&k.VerifierHash, forVerifierHash, k.hash(verifier)},
		{&k.Key, forKey, key},
	} {
		if *v.to, err = encrypted(keys(v.use), k.Salt, v.from); err != nil {
			return nil, nil, err
		}
	}
	if stream, err = data.encrypt(key, content); err != nil {
		return nil, nil, err
	}
	check := &integrity{}
	if check.HMACKey, err = encrypted(key, data.vector(forHMACKey), hmacKey); err != nil {
		return nil, nil, err
	}
	if check.HMAC, err = encrypted(key, data.vector(forHMAC), data.hmac(hmacKey, stream)); err != nil {
		return nil, nil, err
	}
	return slices.Concat(numbered(4|4<<16, 0x40), []byte(descriptor(&data, check, k))), stream, nil
}

// encrypted encrypts a value of the descriptor, which is a whole number of blocks.
func encrypted(key, vector, value []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(value))
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(out, value)
	return out, nil
}

// encrypt makes the stream EncryptedPackage.
func (p *parameters) encrypt(key, content []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	padding := -len(content) & (aes.BlockSize - 1)
	stream := le.AppendUint64(make([]byte, 0, sizePrefix+len(content)+padding), uint64(len(content)))
	stream = append(stream, content...)
	stream = append(stream, make([]byte, padding)...)
	for i, rest := 0, stream[sizePrefix:]; len(rest) > 0; i++ {
		segment := rest[:min(segmentSize, len(rest))]
		rest = rest[len(segment):]
		cipher.NewCBCEncrypter(block, p.segmentVector(i)).CryptBlocks(segment, segment)
	}
	return stream, nil
}

// descriptor writes how a package was encrypted, in the words and the order in
// which Excel does.
func descriptor(data *parameters, check *integrity, k *passwordKey) string {
	text := base64.StdEncoding.EncodeToString
	attributes := func(p *parameters) string {
		return fmt.Sprintf(`saltSize="%d" blockSize="%d" keyBits="%d" hashSize="%d" cipherAlgorithm="%s" cipherChaining="%s" hashAlgorithm="%s" saltValue="%s"`,
			p.SaltSize, p.BlockSize, p.KeyBits, p.HashSize, p.Cipher, p.Chaining, p.Hash, text(p.Salt))
	}
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" +
		`<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="` + passwordNS + `" xmlns:c="http://schemas.microsoft.com/office/2006/keyEncryptor/certificate">` +
		`<keyData ` + attributes(data) + `/>` +
		fmt.Sprintf(`<dataIntegrity encryptedHmacKey="%s" encryptedHmacValue="%s"/>`, text(check.HMACKey), text(check.HMAC)) +
		fmt.Sprintf(`<keyEncryptors><keyEncryptor uri="%s"><p:encryptedKey spinCount="%d" %s encryptedVerifierHashInput="%s" encryptedVerifierHashValue="%s" encryptedKeyValue="%s"/></keyEncryptor></keyEncryptors></encryption>`,
			passwordNS, k.Spins, attributes(&k.parameters), text(k.Verifier), text(k.VerifierHash), text(k.Key))
}
