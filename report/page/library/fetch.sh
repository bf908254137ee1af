#!/bin/sh
# Fetches the library that draws the charts, from npm's registry, in the versions and bytes that are here. Who takes a newer one
# writes its version and its integrity (npm view NAME@VERSION dist.integrity) here, runs this, and reads the page again with
# make report-check. Packed into these two is work of others, or by other licences: of that only the licences are fetched.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fetch() { # NAME VERSION SHA512 FILE…: each file of the package goes here, LICENSE with the name behind it
	name=$1 version=$2 sum=$3
	shift 3
	package=$scratch/$(npm pack --silent --pack-destination "$scratch" "$name@$version")
	echo "$sum  $package" | sha512sum --check --quiet
	for file; do
		to=${file##*/}
		[ "$to" != LICENSE ] || to=LICENSE.${name##*/}
		tar xzf "$package" -O "package/$file" >"$to"
	done
}
fetch d3 7.9.2 64a6ff98e34f54acda3b952571673037c6d2e1ecef41a62ef9bb28bbe5e034005d182f34d24c07eb9d400d36db4f130f1d6d77525bdb41a7dd989403935c3b32 dist/d3.min.js LICENSE
fetch @observablehq/plot 0.6.17 fea6973ffee67383144b4b3870f3c50120d18edb16a7ce7f4db7ec722a83814d47c188b16d26dbcad36e2270fc01c4d80b7c5ac400a0557d3a6a075f432f56fa dist/plot.umd.min.js LICENSE
fetch interval-tree-1d 1.0.4 c18f10247fbac0d234ba1e290d0cccbe5fb8efc421ed1978a8b9aa8a5bb100b94dbe5f88fa8e71dfc3f0dffcfb9833d33d2d5d41a959257b266efc71e6072585 LICENSE
fetch binary-search-bounds 2.0.5 1f479ae05777952d7eb13101d9381c2e82b6d652e1c04273950bf720de3ba494bdefa1b1e33a167b46a4deafae621eb4a6943183d175e918b8b52d6c7c3e3e8c LICENSE
fetch isoformat 0.2.1 b452d1032824f4daab44f8494a734687b83ba1a5560f0474c0a87f18cd8b8263dae74120e147f26823b823c93a12a247975fee8764400fa834ea7e728049eb8d LICENSE
fetch d3-ease 3.0.2 079ce72aa466291380378a07590e745bfaa2b158c0f465e1d9632c54a745569e03c5699caceb307aa81439456cbf9b61f7a930699968914e92955e09de06a4d7 LICENSE
fetch d3-scale-chromatic 3.1.1 940e607cddb232f98286e6e6a6d9c38817de1a91c3ed86f511bbc2cf44d91345875e1c91e96d9a9653ee84ab7357920b411a9e39d79f174a98b4445178b5010e LICENSE
fetch d3-geo 3.1.2 e51f19803428ac8c666aebfb47a82913f9ddcfe674a8066cb2282ad1a5c576f3c7758e3546ab56d368eb4544002fbdb835d3c00585e8d7e810106041afbb8a36 LICENSE
fetch d3-delaunay 6.0.6 0cc40812f489859081ea9c1e75c5da02543e31e294e4b94cd976a42ad73bddbfd533e441888d52457c9c38438a8368ec2a3e3367d174286606ea7086c305aefe LICENSE
fetch delaunator 5.1.0 006ad0e104a0b2c6b534699698b3ea379358d8a6a317932ac5eb4d10efa8d27dd9c1965e4e6b7b6c19efcc75ab9a4645c4682be077721607a5ce08b4ea8b4bb9 LICENSE
fetch robust-predicates 3.0.3 352de57af76c44850e9a227c1595823fb2c6dd0a49cabb3f4c4d19a5fd72bd9bbc700249e90316f761f573b916a5d207a3c46f98bc4dfe8d895d3287a7be2550 LICENSE
fetch internmap 2.0.3 e4787b635c106ef639a281a03db0da2f98982c03f331352b8ccba5b241cb1fac27bff03ed6ae6b8046a2baa12307ea3119721566cd4517e47f28f37765241862 LICENSE
sha256sum --check --quiet SHA256SUMS
