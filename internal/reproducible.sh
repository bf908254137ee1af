#!/bin/sh
# Builds released binaries once more, from a clone of this commit elsewhere and with an empty cache, and compares the bytes.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
git clone --quiet . "$there/elsewhere"
for binary; do
	made=$there/elsewhere/$binary
	GOCACHE=$there/cache make --silent -C "$there/elsewhere" "$binary"
	if ! cmp "$binary" "$made"; then
		echo "reproducible: $binary of this commit differs from one that was built elsewhere; compare what go version -m says of both" >&2
		exit 1
	fi
	echo "reproducible: two builds of $binary of $(git rev-parse --short HEAD) are equal: $(sha256sum "$binary" | cut -d' ' -f1)"
done
