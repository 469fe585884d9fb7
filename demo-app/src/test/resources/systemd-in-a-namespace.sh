#!/bin/bash
# Runs systemd as the first process of namespaces of its own, as root, until it is killed:
#   systemd-in-a-namespace.sh DIRECTORY
# DIRECTORY has the units, of which orders.service is started, and gets what it prints.
# Nothing else is writable, and no other unit is known, so that the machine does not notice.
set -e
if [[ $$ != 1 ]]; then
	cgroup=$(findmnt -n -o TARGET -t cgroup2 | head -1)/socket-server-$$
	mkdir "$cgroup"
	(
		echo $BASHPID > "$cgroup/cgroup.procs"
		exec unshare --pid --fork --kill-child=KILL --mount --uts --ipc --cgroup --mount-proc "$0" "$1"
	) || true
	find "$cgroup" -depth -type d -exec rmdir {} ';'
	exit
fi
mount --make-rprivate /
mount -t cgroup2 none /sys/fs/cgroup
mount --bind "$1" "$1"
mount -o remount,bind,ro /
mkdir -p "$1/run/systemd/system" "$1/tmp"
mount --bind "$1/run" /run
cp "$1"/*.service "$1"/*.target /run/systemd/system
touch /run/console
mount --bind /run/console /dev/console
export container=unshare SYSTEMD_UNIT_PATH=/run/systemd/system
export SYSTEMD_GENERATOR_PATH=/run/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/none
exec /usr/lib/systemd/systemd --system --unit=orders.target --log-target=console --show-status=0
