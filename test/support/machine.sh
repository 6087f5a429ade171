#!/bin/bash
# Boots a fresh machine inside this one: machine.sh FOLDER HIDDEN, as root.
#
# Its root is this machine's, with a layer in memory on top that takes every change and goes at the end. It has processes,
# mounts, a host name, control groups and a network of its own (loopback alone), and systemd is its process 1. Only
# Postgres, Redis and nginx are started, as a new install of Debian's packages does, and npm is not there. HIDDEN, the
# clone, is empty in it. `systemctl reboot` inside boots it again; the end of this process is the end of it.
set -euo pipefail

# --- second half: inside the new namespaces, once for each boot
if [ "${1-}" = --inside ]; then
  cd "$2/root"
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs run
  mount -t tmpfs -o mode=1777 tmpfs tmp
  mount -t tmpfs -o mode=755 tmpfs dev
  for name in null zero full random urandom tty; do
    touch "dev/$name"
    mount --bind "/dev/$name" "dev/$name"
  done
  mkdir dev/shm dev/pts
  mount -t tmpfs -o mode=1777 tmpfs dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
  ln -s /proc/self/fd dev/fd
  ln -s pts/ptmx dev/ptmx
  pivot_root . mnt
  umount --lazy /mnt
  exec env -i container=timbre-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --log-target=console --show-status=1
fi

# --- first half: in namespaces of mounts alone
if [ "${TIMBRE_MACHINE-}" = '' ]; then
  TIMBRE_MACHINE=1 exec setpriv --pdeathsig KILL unshare --mount "$0" "$@"
fi
folder=$1
hidden=$2
mount -t tmpfs -o mode=755 tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root" "$folder/groups"

mount -t cgroup2 cgroup2 "$folder/groups"
group=$folder/groups/timbre-machine-$$
mkdir "$group"
home=$(sed -n 's/^0:://p' /proc/self/cgroup)
echo $$ > "$group/cgroup.procs"
leave() {
  kill -KILL "${child-}" 2> /dev/null && wait "$child" || :
  echo $$ > "$folder/groups$home/cgroup.procs"
  # Its processes are gone, but the kernel may take a moment to see that.
  for _ in $(seq 50); do
    find "$group" -depth -type d -exec rmdir {} + 2> /dev/null && break
    sleep 0.1
  done
}
trap leave EXIT
trap 'exit 143' TERM INT

mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/root"
root=$folder/root
mkdir -p "$root$hidden"
mount -t tmpfs tmpfs "$root$hidden"
rm -rf "$root"/usr/{bin,local/bin}/{npm,npx} "$root"/usr/{lib,local/lib}/node_modules
rm -rf "$root"/etc/systemd/system/*.wants "$root/etc/systemd/system/timbre"* "$root/etc/timbre" "$root/opt/timbre"*
rm -rf "$root"/etc/apt/sources.list* "$root"/var/lib/apt/lists/* # nothing is to be had without a network
rm -rf "$root"/var/lib/redis/* "$root/var/lib/timbre" "$root/var/log/journal" "$root"/etc/nginx/conf.d/*
mount --bind /dev "$root/dev"
for version in $(ls "$root/etc/postgresql"); do
  rm -rf "$root"/{etc,var/lib}/postgresql/"$version"/main
  chroot "$root" pg_createcluster "$version" main > /dev/null
done
umount "$root/dev"
systemctl --quiet --root="$root" enable postgresql redis-server nginx
echo fresh > "$root/etc/hostname"
echo '127.0.0.1 localhost fresh timbre.example.com' > "$root/etc/hosts" # in place of a name server

# Read by the test: processes are started in the machine by way of its process 1.
while :; do
  setpriv --pdeathsig KILL unshare --pid --fork --kill-child --mount --uts --ipc --net --cgroup \
    "$0" --inside "$folder" < /dev/null &
  child=$!
  code=0
  wait "$child" || code=$?
  [ "$code" -eq 129 ] || exit "$code" # SIGHUP: reboot(2) in a namespace of processes
done
