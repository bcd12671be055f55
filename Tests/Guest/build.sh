#!/bin/bash
# Builds the small guest that tests and the demo run, from Debian packages only and without root.
#
#   build.sh [--flavour full|cloud] [--out FOLDER] [--cache FOLDER]
#
# full   (default) Debian's usual kernel: real framebuffer drivers, AHCI, USB
# cloud  Debian's cloud kernel: boots in half the time; guestd drives the VGA card itself
#
# Into FOLDER, whose path is printed last:
#   vmlinuz initrd.img   to boot a kernel directly
#   guest.iso            a CD for BIOS, which is also a valid raw disk
#   guest.qcow2          the same as a compressed qcow2 disk
#   seed.iso             a NoCloud seed that the guest reads
#   SHA256SUMS           of all these; the same sources and kernel give the same bytes
#
# A folder that is up to date is left alone.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
store=${XDG_CACHE_HOME:-$HOME/.cache}/lodger-test
flavour=full
out=
cache=$store/packages
while [ $# -gt 0 ]; do
    case $1 in
        --flavour) flavour=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        --cache) cache=$2; shift 2 ;;
        *) sed -n '2,17p' "$0" >&2; exit 2 ;;
    esac
done
case $flavour in
    full) meta=linux-image-amd64 ;;
    cloud) meta=linux-image-cloud-amd64 ;;
    *) echo "no such flavour: $flavour" >&2; exit 2 ;;
esac
out=${out:-$store/guest/$flavour}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1700000000}
export PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$out" "$cache"
out=$(cd "$out" && pwd)

# Two builds at once would share the folder.
exec 9> "$cache/lock"
flock 9

say() { echo "guest: $*" >&2; }

# Prints the path of the kernel's package, downloaded once.
kernel_package() {
    local found
    found=$(compgen -G "$cache/${package}_*.deb" | tail -1 || true)
    if [ -z "$found" ]; then
        say "downloading $package"
        (cd "$cache" && apt-get -o DPkg::Lock::Timeout=600 -qq download "$package" >&2)
        found=$(compgen -G "$cache/${package}_*.deb" | tail -1)
    fi
    echo "$found"
}

# Takes from the package only what is wanted: all of it would be 400 MB.
unpack_kernel() {
    local modules="./lib/modules/$version" wanted=() part
    for part in drivers/virtio drivers/net/virtio_net.ko net/core/failover.ko drivers/net/net_failover.ko \
        'drivers/net/ethernet/intel/e1000*' drivers/block/virtio_blk.ko drivers/char fs/isofs drivers/cdrom \
        'drivers/scsi/*.ko' drivers/ata drivers/gpu/drm drivers/input drivers/hid drivers/usb lib drivers/i2c \
        drivers/video drivers/dma-buf drivers/firmware drivers/acpi/button.ko arch crypto; do
        wanted+=("$modules/kernel/$part")
    done
    # tar fails for a folder that this flavour lacks; what must be there is checked after.
    dpkg-deb --fsys-tarfile "$1" | tar -x -C "$work" --wildcards './boot/vmlinuz*' "$modules/modules.*" \
        "${wanted[@]}" 2>/dev/null || true
    [ -s "$work/boot/vmlinuz-$version" ] || { say "no kernel in $1"; exit 1; }
    depmod -b "$work" "$version"
}

# The modules that the guest loads, in load order.
modules_in_order() {
    local module
    for module in virtio_pci virtio_net virtio_blk virtio_console virtio-rng e1000 button evdev psmouse virtio_input \
        bochs virtio-gpu ata_piix ahci sr_mod virtio_scsi isofs xhci_pci usbhid hid_generic qemu_fw_cfg; do
        # A flavour may lack a module, or have it built in.
        modprobe -d "$work" -S "$version" --show-depends "$module" 2>/dev/null || true
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

make_initrd() {
    local root=$work/root module
    mkdir -p "$root"/{bin,dev,proc,sys,run,tmp,cidata,mod,etc}
    cp /bin/busybox "$root/bin/busybox"
    gcc -std=gnu11 -Wall -Wextra -Werror -static -Os -s -o "$root/bin/guestd" "$here"/*.c
    while read -r module; do
        cp "$module" "$root/mod/"
        basename "$module"
    done < <(modules_in_order) > "$root/mod/order"
    strip --strip-debug "$root"/mod/*.ko
    install -m 755 "$here/init" "$root/init"
    install -m 755 "$here/lease" "$root/etc/lease"
    find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --null -o -H newc -R 0:0 --quiet --reproducible) \
        | gzip -9n > "$out/initrd.img"
    cp "$work/boot/vmlinuz-$version" "$out/vmlinuz"
    chmod 644 "$out/vmlinuz"
}

make_disk() {
    local tree=$work/iso
    mkdir -p "$tree/isolinux"
    cp "$out/vmlinuz" "$out/initrd.img" "$here/isolinux.cfg" /usr/lib/ISOLINUX/isolinux.bin \
        /usr/lib/syslinux/modules/bios/ldlinux.c32 "$tree/isolinux/"
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    xorriso -as mkisofs -quiet -r --set_all_file_dates set_to_mtime -V TESTGUEST -o "$out/guest.iso" \
        -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin -c isolinux/boot.cat -b isolinux/isolinux.bin \
        -no-emul-boot -boot-load-size 4 -boot-info-table "$tree" 2>/dev/null
    qemu-img convert -q -O qcow2 -c "$out/guest.iso" "$out/guest.qcow2"
}

make_seed() {
    local tree=$work/seed
    mkdir "$tree"
    printf 'instance-id: demo-0001\nlocal-hostname: demo\n' > "$tree/meta-data"
    printf '#cloud-config\nhostname: demo\n' > "$tree/user-data"
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    xorriso -as mkisofs -quiet -r --set_all_file_dates set_to_mtime -V cidata -J -o "$out/seed.iso" "$tree" 2>/dev/null
}

package=$(apt-cache depends "$meta" | awk '/Depends:/ { print $2; exit }')
[ -n "$package" ] || { say "apt knows no $meta: run apt-get update"; exit 1; }
version=${package#linux-image-}
stamp="$package $(cat "$here"/* | sha256sum | cut -d' ' -f1)"
if [ "$(cat "$out/.stamp" 2>/dev/null)" != "$stamp" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    rm -f "$out/.stamp"
    unpack_kernel "$(kernel_package)"
    make_initrd
    make_disk
    make_seed
    (cd "$out" && sha256sum vmlinuz initrd.img guest.iso guest.qcow2 seed.iso > SHA256SUMS)
    echo "$stamp" > "$out/.stamp"
    say "$flavour made from $package"
fi
echo "$out"
