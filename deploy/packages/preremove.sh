#!/bin/sh
# Before the files of a deb or rpm go. dpkg calls it with "upgrade" and rpm with 1 when another version follows.
set -eu

case ${1:-} in
upgrade | 1) exit 0 ;;
esac
if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
	systemctl disable --now thalweg.service
fi
