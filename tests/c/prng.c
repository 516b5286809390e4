/* bcryptprimitives.dll's one function that Rust's library calls, for Wine 8, which lacks it. It takes the numbers from where
   Wine has them. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG bytes); /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *buffer, SIZE_T bytes) {
  while (bytes) {
    ULONG part = bytes > 1 << 20 ? 1 << 20 : (ULONG)bytes;
    if (!SystemFunction036(buffer, part))
      return FALSE;
    buffer += part;
    bytes -= part;
  }
  return TRUE;
}
