/** Takes the outcome of a system call. */
export type TransferDone = (error: NodeJS.ErrnoException | null, byteCount: number) => void;

/** Moves bytes from or to an open file. The callback is never called before the function returns. */
export type Transfer = (
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
  done: TransferDone,
) => void;
