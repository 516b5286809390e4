// KeptCall calls KeptTarget, whatever its parameters, with KeptWanted in the registers that a function must keep, and
// leaves in KeptFound what they held afterwards: the driver puts it between itself and what it calls. One at a time.
//
// Which registers: System V ABI AMD64 3.2.1, figure 3.4; Microsoft's "x64 calling convention", register volatility
// (KEEPS_MORE); AAPCS64 6.1.1 and 6.1.2, of v8 to v15 the low halves.

  .text
  .globl KeptCall
#if defined(__x86_64__)

#ifdef KEEPS_MORE
  .equ WORDS, 28
#else
  .equ WORDS, 6
#endif

// The registers to or from an area.
.macro to_area area
  movq %rbx, \area(%rip)
  movq %rbp, \area+8(%rip)
  movq %r12, \area+16(%rip)
  movq %r13, \area+24(%rip)
  movq %r14, \area+32(%rip)
  movq %r15, \area+40(%rip)
#ifdef KEEPS_MORE
  movq %rdi, \area+48(%rip)
  movq %rsi, \area+56(%rip)
  movups %xmm6, \area+64(%rip)
  movups %xmm7, \area+80(%rip)
  movups %xmm8, \area+96(%rip)
  movups %xmm9, \area+112(%rip)
  movups %xmm10, \area+128(%rip)
  movups %xmm11, \area+144(%rip)
  movups %xmm12, \area+160(%rip)
  movups %xmm13, \area+176(%rip)
  movups %xmm14, \area+192(%rip)
  movups %xmm15, \area+208(%rip)
#endif
.endm

.macro from_area area
  movq \area(%rip), %rbx
  movq \area+8(%rip), %rbp
  movq \area+16(%rip), %r12
  movq \area+24(%rip), %r13
  movq \area+32(%rip), %r14
  movq \area+40(%rip), %r15
#ifdef KEEPS_MORE
  movq \area+48(%rip), %rdi
  movq \area+56(%rip), %rsi
  movups \area+64(%rip), %xmm6
  movups \area+80(%rip), %xmm7
  movups \area+96(%rip), %xmm8
  movups \area+112(%rip), %xmm9
  movups \area+128(%rip), %xmm10
  movups \area+144(%rip), %xmm11
  movups \area+160(%rip), %xmm12
  movups \area+176(%rip), %xmm13
  movups \area+192(%rip), %xmm14
  movups \area+208(%rip), %xmm15
#endif
.endm

// The return address gives way, so that arguments on the stack lie where the target looks for them.
KeptCall:
  popq back(%rip)
  to_area own
  from_area KeptWanted
  callq *KeptTarget(%rip)
  to_area KeptFound
  from_area own
  pushq back(%rip)
  retq

#else

  .equ WORDS, 20

.macro all op
  \op x19, x20, [x16]
  \op x21, x22, [x16, 16]
  \op x23, x24, [x16, 32]
  \op x25, x26, [x16, 48]
  \op x27, x28, [x16, 64]
  \op d8, d9, [x16, 96]
  \op d10, d11, [x16, 112]
  \op d12, d13, [x16, 128]
  \op d14, d15, [x16, 144]
.endm

.macro at symbol
  adrp x16, \symbol
  add x16, x16, :lo12:\symbol
.endm

// Moves all of them, and x29, to or from a symbol's place.
.macro kept many, one, symbol
  at \symbol
  all \many
  \one x29, [x16, 80]
.endm

// x16 and x17 are whoever's who calls. x29 has the place of two, for a frame pointer is one word.
KeptCall:
  at back
  str x30, [x16]
  kept stp, str, own
  kept ldp, ldr, KeptWanted
  at KeptTarget
  ldr x16, [x16]
  blr x16
  kept stp, str, KeptFound
  at KeptWanted
  ldr x17, [x16, 88]
  at KeptFound
  str x17, [x16, 88]
  kept ldp, ldr, own
  at back
  ldr x30, [x16]
  ret

#endif

  .data
  .balign 8
  .globl KeptWords, KeptTarget, KeptWanted, KeptFound
KeptWords: .quad WORDS
KeptTarget: .quad 0
KeptWanted: .zero 8 * WORDS
KeptFound: .zero 8 * WORDS
own: .zero 8 * WORDS
back: .quad 0

#ifdef __linux__
  .section .note.GNU-stack, "", %progbits
#endif
