package encrypted

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
)

// strongest is how Excel encrypts since 2013.
func strongest() parameters {
	return parameters{SaltSize: 16, BlockSize: aes.BlockSize, KeyBits: 256, HashSize: 64, Cipher: "AES", Chaining: "ChainingModeCBC", Hash: "SHA512"}
}

// sealAgile encrypts a package, and gives the streams EncryptionInfo and
// EncryptedPackage ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15).
func sealAgile(random io.Reader, p parameters, password []byte, spins int, content []byte) (info, stream []byte, err error) {
	secret := make([]byte, 3*p.SaltSize+p.KeyBits/8+p.HashSize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, nil, err
	}
	take := func(n int) []byte {
		b := secret[:n:n]
		secret = secret[n:]
		return b
	}
	data, k := p, &passwordKey{Spins: spins, parameters: p}
	data.Salt, k.Salt = take(p.SaltSize), take(p.SaltSize)
	verifier, key, hmacKey := take(p.SaltSize), take(p.KeyBits/8), take(p.HashSize)

	keys := k.keys(password)
	value := func(use string, v []byte) []byte { return crypt(cipher.NewCBCEncrypter, keys(use), k.Salt, padded(v)) }
	k.Verifier, k.VerifierHash, k.Key = value(forVerifier, verifier), value(forVerifierHash, k.hash(verifier)), value(forKey, key)

	stream = make([]byte, 0, sizePrefix+len(content)+aes.BlockSize)
	stream = le.AppendUint64(stream, uint64(len(content)))
	stream = append(stream, content...)
	stream = append(stream, make([]byte, -len(content)&(aes.BlockSize-1))...)
	data.segments(cipher.NewCBCEncrypter, key, stream[sizePrefix:])

	check := func(use string, v []byte) []byte {
		return crypt(cipher.NewCBCEncrypter, key, data.vector(use), padded(v))
	}
	i := &integrity{HMACKey: check(forHMACKey, hmacKey), HMAC: check(forHMAC, data.hmac(hmacKey, stream))}
	return slices.Concat(numbered(4|4<<16, 0x40), []byte(descriptor(&data, i, k))), stream, nil
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
