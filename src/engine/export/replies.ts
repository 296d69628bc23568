import { SECTOR_SIZE } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import type { SectorExtent } from '../device/sectorStates';
import type { SectorRange } from '../errors';
import type { Request } from './request';
import {
  CHUNK_DONE,
  CHUNK_HEADER_BYTES,
  CHUNK_MAGIC,
  ChunkType,
  DATA_HEADER_BYTES,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
} from './wire';

/** Error texts are cut to this length. */
const MAX_TEXT_BYTES = 1000;

/** Writes the header of a simple reply to the start of a buffer. */
export function putSimpleHeader(target: Buffer, request: Request, errno: number): void {
  target.writeUInt32BE(SIMPLE_REPLY_MAGIC);
  target.writeUInt32BE(errno, 4);
  target.writeUInt32BE(request.cookieHigh, 8);
  target.writeUInt32BE(request.cookieLow, 12);
}

/** A simple reply without data. */
export function simpleReply(request: Request, errno: number): Buffer {
  const reply = Buffer.allocUnsafe(SIMPLE_REPLY_BYTES);
  putSimpleHeader(reply, request, errno);
  return reply;
}

/** Writes the header of a chunk to the start of a buffer. @param byteLength of what follows the header */
function putChunkHeader(
  target: Buffer,
  request: Request,
  type: number,
  isLast: boolean,
  byteLength: number,
): void {
  target.writeUInt32BE(CHUNK_MAGIC);
  target.writeUInt16BE(isLast ? CHUNK_DONE : 0, 4);
  target.writeUInt16BE(type, 6);
  target.writeUInt32BE(request.cookieHigh, 8);
  target.writeUInt32BE(request.cookieLow, 12);
  target.writeUInt32BE(byteLength, 16);
}

/** Writes the header of a chunk of data, and the offset of the data, to the start of a buffer; the data follow. */
export function putDataHeader(
  target: Buffer,
  request: Request,
  byteOffset: number,
  byteLength: number,
  isLast: boolean,
): void {
  putChunkHeader(target, request, ChunkType.offsetData, isLast, byteLength + 8);
  putUint64(target, byteOffset, CHUNK_HEADER_BYTES);
}

/** A chunk that says at which byte a request failed. */
export function errorChunk(
  request: Request,
  errno: number,
  text: string,
  byteOffset: number,
  isLast: boolean,
): Buffer {
  const bytes = cutText(text);
  const chunk = Buffer.allocUnsafe(CHUNK_HEADER_BYTES + 6 + bytes.length + 8);
  putChunkHeader(chunk, request, ChunkType.errorOffset, isLast, chunk.length - CHUNK_HEADER_BYTES);
  chunk.writeUInt32BE(errno, CHUNK_HEADER_BYTES);
  chunk.writeUInt16BE(bytes.length, CHUNK_HEADER_BYTES + 4);
  bytes.copy(chunk, CHUNK_HEADER_BYTES + 6);
  putUint64(chunk, byteOffset, chunk.length - 8);
  return chunk;
}

/** The only chunk of a request that is refused as a whole. */
export function refusalChunk(request: Request, errno: number, text: string): Buffer {
  const bytes = cutText(text);
  const chunk = Buffer.allocUnsafe(CHUNK_HEADER_BYTES + 6 + bytes.length);
  putChunkHeader(chunk, request, ChunkType.error, true, chunk.length - CHUNK_HEADER_BYTES);
  chunk.writeUInt32BE(errno, CHUNK_HEADER_BYTES);
  chunk.writeUInt16BE(bytes.length, CHUNK_HEADER_BYTES + 4);
  bytes.copy(chunk, CHUNK_HEADER_BYTES + 6);
  return chunk;
}

/** The chunk of one context in the answer to BLOCK_STATUS. */
export function statusChunk(
  request: Request,
  contextId: number,
  extents: readonly SectorExtent[],
  isLast: boolean,
): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK_HEADER_BYTES + 4 + extents.length * 8);
  putChunkHeader(chunk, request, ChunkType.blockStatus, isLast, chunk.length - CHUNK_HEADER_BYTES);
  chunk.writeUInt32BE(contextId, CHUNK_HEADER_BYTES);
  let at = CHUNK_HEADER_BYTES + 4;
  for (const { sectorCount, flags } of extents) {
    chunk.writeUInt32BE(sectorCount * SECTOR_SIZE, at);
    chunk.writeUInt32BE(flags, at + 4);
    at += 8;
  }
  return chunk;
}

/** Bytes that were read, of which some sectors are missing. */
export interface PartlyRead {
  readonly bytes: Buffer;
  readonly first: number;
  readonly good: readonly SectorRange[];
  readonly failed: readonly SectorRange[];
}

/** The chunks of a read that failed in part, by offset: data around the sectors that failed. */
export function partlyReadChunks(
  request: Request,
  { bytes, first, good, failed }: PartlyRead,
  errno: number,
  describe: (run: SectorRange) => string,
  isLast: boolean,
): Buffer[] {
  const runs = [
    ...good.map((run) => ({ run, isGood: true })),
    ...failed.map((run) => ({ run, isGood: false })),
  ].sort((a, b) => a.run[0] - b.run[0]);
  return runs.flatMap(({ run, isGood }, i) => {
    const endsReply = isLast && i === runs.length - 1;
    const byteOffset = run[0] * SECTOR_SIZE;
    if (!isGood) return errorChunk(request, errno, describe(run), byteOffset, endsReply);
    const data = sliceSectors(bytes, first, ...run);
    const header = Buffer.allocUnsafe(DATA_HEADER_BYTES);
    putDataHeader(header, request, byteOffset, data.length, endsReply);
    return [header, data as Buffer];
  });
}

function putUint64(target: Buffer, value: number, at: number): void {
  target.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  target.writeUInt32BE(value % 2 ** 32, at + 4);
}

/** A text of the wire: not cut inside a character. */
function cutText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return bytes;
  let end = MAX_TEXT_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
