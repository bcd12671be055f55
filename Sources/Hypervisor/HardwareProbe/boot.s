# What a processor must be able to do before a machine is trusted to it: a disk of two sectors that the firmware boots.
#
# It goes the way of every operating system: questions to the firmware about the disk and the memory, protected mode, paging,
# long mode, then a timer's interrupts, model-specific registers, and a megabyte written and read again. At the end it
# switches the machine off through QEMU's isa-debug-exit device with 0x31; what the firmware refuses gives 0x20.
#
#   as --64 -o boot.o boot.s && ld -m elf_x86_64 -Ttext 0x7c00 --oformat binary -o boot.img boot.o
#
# The bytes are in BootImage.swift; a test compares them with what this gives.

    .intel_syntax noprefix
    .set exit_port, 0xf4
    .set good, 0x31
    .set bad, 0x20
    .set tables, 0x10000
    .set interrupts, 0x13000
    .set high_memory, 0x1000000

    .code16
    .globl _start
_start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    cld
    mov [drive], dl

    # The extended disk services, asked for as Linux does.
    mov ah, 0x41
    mov bx, 0x55aa
    int 0x13
    jc refused
    cmp bx, 0xaa55
    jne refused
    mov word ptr [0x600], 30
    mov si, 0x600
    mov ah, 0x48
    mov dl, [drive]
    int 0x13
    jc refused

    mov si, offset packet
    mov ah, 0x42
    mov dl, [drive]
    int 0x13
    jc refused
    jmp second

refused:
    mov al, bad
    out exit_port, al
    hlt
    jmp refused

drive:
    .byte 0
    .balign 4
packet:
    # Size, count, where to, from which sector.
    .byte 16, 0
    .word 1
    .word 0x7e00, 0
    .quad 1

    .balign 8
descriptors:
    .quad 0
    # Code of 32 bits, data, code of 64 bits.
    .quad 0x00cf9a000000ffff
    .quad 0x00cf92000000ffff
    .quad 0x00af9a000000ffff
descriptors_pointer:
    .word descriptors_pointer - descriptors - 1
    .long descriptors

    .org 510
    .word 0xaa55

second:
    xor ebx, ebx
memory_map:
    mov eax, 0xe820
    mov edx, 0x534d4150
    mov ecx, 24
    mov di, 0x700
    int 0x15
    jc refused
    cmp eax, 0x534d4150
    jne refused
    test ebx, ebx
    jnz memory_map

    in al, 0x92
    or al, 2
    and al, 0xfe
    out 0x92, al

    cli
    lgdt [descriptors_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    ljmp 0x08, offset protected

    .code32
protected:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, 0x7c00

    # The first gigabyte, address for address, in pages of two megabytes.
    mov edi, tables
    xor eax, eax
    mov ecx, 0x3000 / 4
    rep stosd
    mov dword ptr [tables], tables + 0x1003
    mov dword ptr [tables + 0x1000], tables + 0x2003
    mov edi, tables + 0x2000
    mov eax, 0x83
    mov ecx, 512
map_page:
    mov [edi], eax
    add eax, 0x200000
    add edi, 8
    loop map_page

    mov eax, cr4
    or eax, 0x20
    mov cr4, eax
    mov eax, tables
    mov cr3, eax
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x100
    wrmsr
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    ljmp 0x18, offset long_mode

    .code64
long_mode:
    # One interrupt gate, for the timer.
    mov edi, interrupts
    xor eax, eax
    mov ecx, 0x21 * 16 / 4
    rep stosd
    mov eax, offset tick
    mov edi, interrupts + 0x20 * 16
    mov [rdi], ax
    mov word ptr [rdi + 2], 0x18
    mov word ptr [rdi + 4], 0x8e00
    shr eax, 16
    mov [rdi + 6], ax
    lidt [interrupts_pointer]

    # The interrupt controllers: vectors from 0x20, only the timer let through.
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 0x20
    out 0x21, al
    mov al, 0x28
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    mov al, 0xfe
    out 0x21, al
    mov al, 0xff
    out 0xa1, al

    # A thousand ticks a second; five must come.
    mov al, 0x34
    out 0x43, al
    mov ax, 1193
    out 0x40, al
    mov al, ah
    out 0x40, al
    sti
await_ticks:
    hlt
    cmp byte ptr [ticks], 5
    jb await_ticks
    cli

    mov eax, 1
    cpuid
    rdtsc
    mov ecx, 0x1b
    rdmsr

    mov edi, high_memory
    mov ecx, 0x100000 / 8
    movabs rax, 0x0123456789abcdef
    rep stosq
    mov edi, high_memory
    mov ecx, 0x100000 / 8
    repe scasq
    mov al, bad
    jne finish
    mov al, good
finish:
    out exit_port, al
    hlt
    jmp finish

tick:
    push rax
    inc byte ptr [ticks]
    mov al, 0x20
    out 0x20, al
    pop rax
    iretq

ticks:
    .byte 0
    .balign 4
interrupts_pointer:
    .word 0x21 * 16 - 1
    .quad interrupts

    .org 1024
