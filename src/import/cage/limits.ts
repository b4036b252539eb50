/**
 * What reading one file may take. With an import server beside it that stays under 600 MB; the largest
 * file within the bounds of `files/bounds.ts` needs about half of it.
 */
export const LIMITS = {
  /** MiB of JavaScript's heap: V8 ends a process that wants more. */
  heapMebibytes: 320,
  /** Bytes of the whole process, since buffers and native memory are not of the heap. */
  residentBytes: 420 * 1024 * 1024,
  /** Milliseconds of computing: what a file costs on a busy machine as well. */
  cpuMilliseconds: 15_000,
  /** Milliseconds in all. */
  milliseconds: 60_000,
} as const;
