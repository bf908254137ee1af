package secretfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// On Windows an access list says who may do what with a file, and its mode nothing. A file that proves who we are is read only
// if its list lets none of the groups in that more or less everybody is read or change it. Whom else it names, as a service's
// account or a group of administrators, is the matter of who has written the list.

// broad are the groups in that more or less everybody is who has an account, or none.
var broad = []windows.WELL_KNOWN_SID_TYPE{
	windows.WinWorldSid, windows.WinAuthenticatedUserSid, windows.WinBuiltinUsersSid, windows.WinInteractiveSid, windows.WinNetworkSid,
	windows.WinAnonymousSid, windows.WinBuiltinGuestsSid, windows.WinBuiltinAnyPackageSid,
}

// broadInDomain are the numbers of such groups of a domain: its users, guests and computers.
var broadInDomain = []string{"513", "514", "515"}

// checkOpen says whether an open file may be read by us.
func (k Kind) checkOpen(f *os.File, _ fs.FileInfo) error {
	descriptor, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	who := ""
	if err == nil {
		who, err = broadAccess(descriptor)
	}
	if err != nil {
		return fmt.Errorf("%s: who may read %s: %w", k.Key, f.Name(), err)
	}
	if who == "" {
		return nil
	}
	return fmt.Errorf(`%s: the access list of %s lets %s read or change it: icacls "%[2]s" /inheritance:r /grant:r "%%USERNAME%%:(R,W,D)" SYSTEM:R, or for the account that graphlake runs as`,
		k.Key, f.Name(), who)
}

// broadAccess is the first group of everybody that a file's access list lets read or change it; empty if none.
func broadAccess(descriptor *windows.SECURITY_DESCRIPTOR) (string, error) {
	list, _, err := descriptor.DACL()
	if errors.Is(err, windows.ERROR_OBJECT_NOT_FOUND) || err == nil && list == nil { // without a list all may do all
		return "everybody", nil
	}
	if err != nil {
		return "", err
	}
	const harm = windows.FILE_READ_DATA | windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.DELETE | windows.WRITE_DAC | windows.WRITE_OWNER |
		windows.GENERIC_READ | windows.GENERIC_WRITE | windows.GENERIC_ALL
	for i := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &entry); err != nil {
			return "", err
		}
		if entry.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || entry.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0 || entry.Mask&harm == 0 {
			continue
		}
		if sid := (*windows.SID)(unsafe.Pointer(&entry.SidStart)); isBroad(sid) {
			return nameOf(sid), nil
		}
	}
	return "", nil
}

func isBroad(sid *windows.SID) bool {
	text := sid.String()
	if strings.HasPrefix(text, "S-1-5-21-") && slices.Contains(broadInDomain, text[strings.LastIndexByte(text, '-')+1:]) {
		return true
	}
	return slices.ContainsFunc(broad, sid.IsWellKnown)
}

// nameOf is the name of a group, in the system's language.
func nameOf(sid *windows.SID) string {
	name, _, _, err := sid.LookupAccount("")
	if err != nil {
		return sid.String()
	}
	return name
}
