import { BLOCK_SIZE, Command, CommandFlag, Errno, REQUEST_MAGIC } from './wire';

/** A request as it came, with its cookie in two halves: it is only sent back. */
export interface Request {
  readonly flags: number;
  readonly command: number;
  readonly cookieHigh: number;
  readonly cookieLow: number;
  /** Rounded from 2^53 on, which lies outside of every export. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** What decides which requests are carried out. */
interface Terms {
  readonly byteLength: number;
  readonly readOnly: boolean;
  readonly structured: boolean;
  readonly hasContexts: boolean;
}

/** Reads a request's 28 bytes; null: they don't begin as a request does. */
export function parseRequest(bytes: Buffer): Request | null {
  if (bytes.readUInt32BE() !== REQUEST_MAGIC) return null;
  return {
    flags: bytes.readUInt16BE(4),
    command: bytes.readUInt16BE(6),
    cookieHigh: bytes.readUInt32BE(8),
    cookieLow: bytes.readUInt32BE(12),
    byteOffset: bytes.readUInt32BE(16) * 2 ** 32 + bytes.readUInt32BE(20),
    byteLength: bytes.readUInt32BE(24),
  };
}

const { fua, noHole, df, reqOne, fastZero } = CommandFlag;

/** The flags that a command may have. FUA is allowed everywhere, as clients set it on odd commands. */
const FLAGS: Readonly<Record<number, number>> = {
  [Command.read]: fua | df,
  [Command.write]: fua,
  [Command.flush]: fua,
  [Command.trim]: fua,
  [Command.cache]: fua,
  [Command.writeZeroes]: fua | noHole | fastZero,
  [Command.blockStatus]: fua | reqOne,
};

const CHANGING: readonly number[] = [Command.write, Command.trim, Command.writeZeroes];

/** The error that a request gets at once, or 0 if it may be carried out. */
export function refusalOf({ command, flags, byteOffset, byteLength }: Request, terms: Terms): number {
  const allowed = FLAGS[command];
  if (allowed === undefined || (flags & ~allowed) !== 0) return Errno.EINVAL;
  if (command === Command.flush) return byteOffset === 0 && byteLength === 0 ? 0 : Errno.EINVAL;
  if (command === Command.read && (flags & df) !== 0 && !terms.structured) return Errno.EINVAL;
  if (command === Command.blockStatus && !terms.hasContexts) return Errno.EINVAL;
  if (terms.readOnly && CHANGING.includes(command)) return Errno.EPERM;
  const isTransfer = command === Command.read || command === Command.write;
  if (isTransfer && byteLength > BLOCK_SIZE.maximum) return Errno.EINVAL;
  if (byteOffset + byteLength > terms.byteLength) return beyondEnd(command);
  return isWhole(byteOffset) && isWhole(byteLength) && byteLength > 0 ? 0 : Errno.EINVAL;
}

function beyondEnd(command: number): number {
  return command === Command.write || command === Command.writeZeroes ? Errno.ENOSPC : Errno.EINVAL;
}

function isWhole(byteCount: number): boolean {
  return byteCount % BLOCK_SIZE.minimum === 0;
}
