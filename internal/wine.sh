#!/bin/sh
# Run tests of what is built for Windows under Wine: the store suite on a disk, what lies in it, locks, runs that die at any
# call of their store, and the scripts of the command. Skipped by name without Wine and a compiler for Windows. What of Wine
# stays is in .cache/wine. docs/operations.md says what Wine cannot tell.
set -eu
wine=$(command -v /usr/lib/wine/wine64 || command -v wine64 || true)
compiler=$(command -v x86_64-w64-mingw32-gcc || true)
if [ -z "$wine" ] || [ -z "$compiler" ]; then
	echo "wine: skipped, for there is no wine64 or no x86_64-w64-mingw32-gcc"
	exit 0
fi
here=$PWD/.cache/wine
mkdir -p "$here"
export WINEPREFIX="$here/prefix" WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="bcryptprimitives=n;mscoree=;mshtml=" GRAPHLAKE_WINE=1
if ! { [ -d "$WINEPREFIX/drive_c/windows/system32" ] || "$wine" wineboot -i >"$here/wineboot.log" 2>&1; }; then
	cat "$here/wineboot.log"
	echo "wine: skipped, for Wine cannot make a system of its own here"
	exit 0
fi

# Go's runtime takes its random numbers from a library that Wine 8 has not.
if [ ! -f "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ]; then
	cat >"$here/prng.c" <<-'C'
		#include <windows.h>
		#include <ntsecapi.h>
		__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
	C
	"$compiler" -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$here/prng.c" -ladvapi32
fi

# Nor has it the newer of two ways in which Go removes a file. Go asks for the older one where the system does not know the
# newer, but not for Wine's word for that.
source=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/^var TestDeleteatFallback bool$/var TestDeleteatFallback = true/' "$source" >"$here/at_windows.go"
grep -q '^var TestDeleteatFallback = true$' "$here/at_windows.go"
printf '{"Replace": {"%s": "%s"}}\n' "$source" "$here/at_windows.go" >"$here/overlay.json"

GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -c -overlay "$here/overlay.json" -o "$here/" \
	./internal/secretfile ./internal/sealed ./internal/flock ./load/internal/draft ./load/dirstore ./load ./jobs ./internal/cli
# Wine is not Windows, and on a busy machine at times cannot start a process: what fails is run once more, and that is said.
try() {
	dir=$1
	shift
	echo "wine: $dir $*"
	if (cd "$dir" && timeout 300 "$wine" "$here/$(basename "$dir").test.exe" "$@") >"$here/try.log" 2>&1; then
		tail -n 1 "$here/try.log"
		return
	fi
	cat "$here/try.log"
	echo "wine: $dir failed, so it is run once more"
	(cd "$dir" && timeout 300 "$wine" "$here/$(basename "$dir").test.exe" "$@")
}
try internal/secretfile
try internal/sealed
try internal/flock
try load/internal/draft
try load/dirstore
try load
try jobs -test.run '^(TestCrash|TestCrashInSecondNight)$'
try internal/cli -test.run '^(TestScripts|TestTwoProcesses|TestService.*)$' -test.parallel 2
