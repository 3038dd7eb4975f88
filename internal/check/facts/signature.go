package facts

import (
	"bytes"
	"crypto/sha256"
	"debug/macho"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The code signature of a Mach-O image, as far as anybody can verify it who has no
// certificates: whether the hashes of its CodeDirectory are those of the image. The
// format is XNU's cs_blobs.h; numbers are big endian.
const (
	embeddedSignature = 0xfade0cc0 // SuperBlob
	codeDirectory     = 0xfade0c02
	cmsSignature      = 0xfade0b01
	slotAlternate     = 0x1000 // CodeDirectories of other hashes
	slotAlternateEnd  = 0x1005
	hashSHA256        = 2
	flagAdHoc         = 0x2
	maxSignature      = 64 << 20
)

// checkSignature verifies the signature of an image. Sections of f beyond its load
// commands are not used: they are what is signed.
func checkSignature(f *macho.File, r *io.SectionReader) Signature {
	var s Signature
	offset, size, ok := signaturePlace(f)
	if !ok {
		return s
	}
	s.Present = true
	if size > maxSignature || offset+size > r.Size() {
		s.Problem = "the signature is outside of the file"
		return s
	}
	blob := make([]byte, size)
	if _, err := r.ReadAt(blob, offset); err != nil {
		s.Problem = "the signature cannot be read: " + err.Error()
		return s
	}
	if err := s.verify(blob, io.NewSectionReader(r, 0, offset)); err != nil {
		s.Problem = err.Error()
	}
	return s
}

// signaturePlace returns where LC_CODE_SIGNATURE says that the signature is.
func signaturePlace(f *macho.File) (offset, size int64, ok bool) {
	for _, load := range f.Loads {
		raw := load.Raw()
		if f.ByteOrder.Uint32(raw) == lcCodeSignature && len(raw) >= 16 {
			return int64(f.ByteOrder.Uint32(raw[8:])), int64(f.ByteOrder.Uint32(raw[12:])), true
		}
	}
	return 0, 0, false
}

var errNoSuperBlob = errors.New("the signature is malformed")

// verify looks through the blobs: CodeDirectories, and a signature of them (CMS), whose
// absence or emptiness means ad hoc.
func (s *Signature) verify(blob []byte, image *io.SectionReader) error {
	if len(blob) < 12 || binary.BigEndian.Uint32(blob) != embeddedSignature {
		return errNoSuperBlob
	}
	count := binary.BigEndian.Uint32(blob[8:])
	if uint64(count) > uint64(len(blob)-12)/8 {
		return errNoSuperBlob
	}
	cms := false
	for i := range count {
		entry := blob[12+8*i:]
		slot, at := binary.BigEndian.Uint32(entry), binary.BigEndian.Uint32(entry[4:])
		if uint64(at)+8 > uint64(len(blob)) {
			return errNoSuperBlob
		}
		length := uint64(binary.BigEndian.Uint32(blob[at+4:]))
		if length < 8 || uint64(at)+length > uint64(len(blob)) {
			return errNoSuperBlob
		}
		part := blob[at : uint64(at)+length]
		switch magic := binary.BigEndian.Uint32(part); {
		case magic == codeDirectory && (slot == 0 || slot >= slotAlternate && slot < slotAlternateEnd):
			if err := s.verifyDirectory(part, image); err != nil {
				return err
			}
		case magic == cmsSignature:
			cms = len(part) > 8
		}
	}
	s.AdHoc = s.AdHoc || !cms
	if !s.Hashed {
		return errors.New("no CodeDirectory with SHA-256, which macOS has required since 10.12")
	}
	return nil
}

// verifyDirectory compares the hashes of all pages. Others than SHA-256 are passed over.
func (s *Signature) verifyDirectory(dir []byte, image *io.SectionReader) error {
	if len(dir) < 44 {
		return errNoSuperBlob
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(dir[at:]) }
	flags, hashOffset, slots, limit := word(12), word(16), word(28), int64(word(32))
	hashSize, hashType, pageLog := int(dir[36]), dir[37], dir[39]
	s.AdHoc = s.AdHoc || flags&flagAdHoc != 0
	if hashType != hashSHA256 {
		return nil
	}
	if hashSize != sha256.Size || pageLog > 24 || uint64(hashOffset)+uint64(slots)*sha256.Size > uint64(len(dir)) {
		return errNoSuperBlob
	}
	page := int64(1) << pageLog
	if pageLog == 0 { // one hash of everything
		page = max(limit, 1)
	}
	if limit > image.Size() || int64(slots) != (limit+page-1)/page {
		return fmt.Errorf("it covers %d bytes in %d pages, which is not this image of %d bytes", limit, slots, image.Size())
	}
	s.Hashed = true
	for i := range int64(slots) {
		sum := sha256.New()
		if _, err := io.Copy(sum, io.NewSectionReader(image, i*page, min(page, limit-i*page))); err != nil {
			return err
		}
		if want := dir[int64(hashOffset)+i*sha256.Size:][:sha256.Size]; !bytes.Equal(sum.Sum(nil), want) {
			return fmt.Errorf("page %d does not have the hash it was signed with", i)
		}
	}
	return nil
}
