// Cryptography: a Rust extension with OpenSSL in it, beside that of the ssl module.
//
// Requires: cryptography
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import datetime
import ssl
from cryptography import x509
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID
box = Fernet(Fernet.generate_key())
print("fernet", box.decrypt(box.encrypt(b"secret")))
try:
    box.decrypt(b"tampered")
except InvalidToken:
    print("tampered refused")
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Größe")])
day = datetime.datetime(2024, 1, 1)
made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    .not_valid_before(day).not_valid_after(day + datetime.timedelta(1)).sign(key, hashes.SHA256()))
pem = made.public_bytes(serialization.Encoding.PEM)
print("certificate", x509.load_pem_x509_certificate(pem).subject.rfc4514_string())
ssl.create_default_context(cadata=pem.decode())
private = ed25519.Ed25519PrivateKey.generate()
private.public_key().verify(private.sign(b"x"), b"x")
print("signed")
`))
}

// Output:
// fernet b'secret'
// tampered refused
// certificate CN=Größe
// signed
