#!/bin/sh
# Ask the satchel program about every vector of the official age test kit.
#
# usage: tests/vectors/cctv_age.sh PACKAGE-FOLDER [SATCHEL]
#
# PACKAGE-FOLDER is where the npm package cctv-age is installed, for example
# node_modules/cctv-age; nothing is fetched here.
set -eu
package=${1:?usage: cctv_age.sh PACKAGE-FOLDER [SATCHEL]}
satchel=${2:-build/satchel}
exec node "$(dirname "$0")/cctv_age.mjs" "$package" "$satchel"
