import { SECTOR_SIZE } from '../block/blockDevice';
import type { OpenRequest } from './openRequest';
import { Command, CommandFlag, Errno } from './wire';

/** A run is zeroed in pieces of 8 MiB: between them a suspend gets its turn, and one whose client has gone ends. */
const PIECE_SECTORS = 16_384;

/**
 * Answers TRIM and WRITE_ZEROES: both read back as zeros, since clients rely on that for TRIM too. Where there are data,
 * zeros are written, which isn't certain to be faster than a write: FAST_ZERO is refused, with nothing changed.
 */
export async function zeroInPieces(open: OpenRequest): Promise<void> {
  const { command, flags, byteOffset, byteLength } = open.request;
  if (command === Command.writeZeroes && (flags & CommandFlag.fastZero) !== 0) {
    return open.refuse(Errno.ENOTSUP);
  }
  const end = (byteOffset + byteLength) / SECTOR_SIZE;
  for (let at = byteOffset / SECTOR_SIZE; at < end && !open.isOver; at += PIECE_SECTORS) {
    const count = Math.min(PIECE_SECTORS, end - at);
    await open.run((sectors) => sectors.zero(at, count));
  }
  const { counters } = open.agreement.export;
  counters.writes++;
  await open.finishWrite();
}
