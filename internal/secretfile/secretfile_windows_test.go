package secretfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// Who may read a file is said by its access list: a single account may, and what most belong to may not.
func TestSecretFilesByAccessList(t *testing.T) {
	for list, refused := range map[string]bool{
		"D:(A;;FA;;;S-1-5-21-1-2-3-1001)(A;;FA;;;SY)(A;;FA;;;BA)": false,
		"D:(A;;FR;;;S-1-5-80-1-2-3-4-5)":                          false, // a service's own account
		"D:(A;;FR;;;WD)":                                          true,
		"D:(A;;FA;;;SY)(A;;FR;;;AU)":                              true,
		"D:(A;ID;0x1200a9;;;BU)":                                  true,
		"D:(A;;FW;;;S-1-5-21-1-2-3-513)":                          true,
		"D:(A;OICIIO;FA;;;WD)":                                    false, // which is for what is made below a directory
		"D:(D;;FA;;;WD)(A;;FA;;;SY)":                              false,
		"D:(A;;RC;;;WD)":                                          false, // only who may do what
		"O:SY":                                                    true,
		"D:":                                                      false,
	} {
		descriptor, err := windows.SecurityDescriptorFromString(list)
		if err != nil {
			t.Errorf("%s: %v", list, err)
			continue
		}
		if who, err := broadAccess(descriptor); err != nil || (who != "") != refused {
			t.Errorf("%s lets %q read or change it, %v; want that it is refused: %t", list, who, err, refused)
		}
	}
}

// Wine makes a list of the mode of a file, by which all may read it, as the directory of a test on Windows does not.
func TestSecretFilesAreAsked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := certificateFile.Read(file)
	if os.Getenv("GRAPHLAKE_WINE") == "" && err == nil && string(text) == "secret" {
		return
	}
	if err == nil || !strings.Contains(err.Error(), `read or change it: icacls "`+file+`" /inheritance:r /grant:r`) {
		t.Errorf("it is read as %q, %v", text, err)
	}
}
