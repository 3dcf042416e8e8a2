#!/bin/sh
# After the files of a deb or rpm are there. DPKG_ROOT is set where dpkg installs into another root.
set -eu
root=${DPKG_ROOT:-}

if command -v systemd-sysusers >/dev/null; then
	systemd-sysusers ${root:+--root="$root"} thalweg.conf
elif [ -z "$root" ] && ! id thalweg >/dev/null 2>&1; then
	useradd --system --user-group --home-dir /var/lib/thalweg --no-create-home --shell /usr/sbin/nologin thalweg
fi

if [ -z "$root" ] && [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart thalweg.service # only one that runs: an upgrade
fi
