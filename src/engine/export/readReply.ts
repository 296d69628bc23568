import { SECTOR_SIZE } from '../block/blockDevice';
import { describeSectors } from '../block/blockFailures';
import { subtractRanges } from '../block/range';
import { isMediumFailure } from '../errors';
import { dataBuffers } from './bufferPool';
import { errnoOf, textOf } from './commandErrors';
import { type ClientBudget, PIECE_BYTES } from './limits';
import type { OpenRequest } from './openRequest';
import { errorChunk, partlyReadChunks, putDataHeader, putSimpleHeader } from './replies';
import { CommandFlag, DATA_HEADER_BYTES, Errno, SIMPLE_REPLY_BYTES } from './wire';

/** A part of a READ. */
interface Piece {
  readonly byteOffset: number;
  readonly byteLength: number;
  /** No other part follows. */
  readonly isLast: boolean;
}

/**
 * Answers a READ whose data fit into one buffer: they are read to where they are sent from, right after the header. Nearly
 * all requests are of that kind, so it makes one promise of its own.
 */
export function readWhole(open: OpenRequest): Promise<void> {
  const { byteOffset, byteLength, flags } = open.request;
  const { structured, export: chosen } = open.agreement;
  if (structured && (flags & CommandFlag.df) !== 0 && byteLength > PIECE_BYTES) {
    open.refuse(Errno.EOVERFLOW);
    return Promise.resolve();
  }
  chosen.counters.reads++;
  const headerBytes = structured ? DATA_HEADER_BYTES : SIMPLE_REPLY_BYTES;
  const reply = dataBuffers.take(headerBytes + byteLength);
  const free = (): void => dataBuffers.give(reply);
  const data = reply.subarray(headerBytes);
  return read(open, byteOffset, data).then(
    () => {
      chosen.counters.bytesRead += byteLength;
      if (structured) putDataHeader(reply, open.request, byteOffset, byteLength, true);
      else putSimpleHeader(reply, open.request, 0);
      open.answer([reply], free);
    },
    (error: unknown) => {
      if (!structured) throw error;
      open.answer(failedPiece(open, { byteOffset, byteLength, isLast: true }, data, error), free);
    },
  );
}

/** Answers a large READ in chunks, each of which is sent while the next one is read. */
export async function readInPieces(open: OpenRequest, budget: ClientBudget): Promise<void> {
  const { byteOffset, byteLength } = open.request;
  const end = byteOffset + byteLength;
  open.agreement.export.counters.reads++;
  for (let at = byteOffset; at < end; at += PIECE_BYTES) {
    const count = Math.min(PIECE_BYTES, end - at);
    const isLast = at + PIECE_BYTES >= end;
    await budget.taken(count);
    const reply = dataBuffers.take(DATA_HEADER_BYTES + count);
    const free = (): void => {
      dataBuffers.give(reply);
      budget.give(count);
    };
    if (open.isOver) return open.answer([], free);
    const piece = { byteOffset: at, byteLength: count, isLast };
    const parts = await readPiece(open, piece, reply).catch((error: unknown) => {
      free();
      throw error;
    });
    if (isLast) open.answer(parts, free);
    else open.sendPart(parts, free);
  }
}

/** The chunks of one part: its data, or those around what failed. @param reply has room for the header and the data */
async function readPiece(open: OpenRequest, piece: Piece, reply: Buffer): Promise<Buffer[]> {
  const { byteOffset, byteLength, isLast } = piece;
  const bytes = reply.subarray(DATA_HEADER_BYTES);
  try {
    await read(open, byteOffset, bytes);
  } catch (error) {
    return failedPiece(open, piece, bytes, error);
  }
  open.agreement.export.counters.bytesRead += byteLength;
  putDataHeader(reply, open.request, byteOffset, byteLength, isLast);
  return [reply];
}

function failedPiece(open: OpenRequest, piece: Piece, bytes: Buffer, error: unknown): Buffer[] {
  const { byteOffset, byteLength, isLast } = piece;
  if (!isMediumFailure(error)) {
    if (errnoOf(error) === Errno.ESHUTDOWN) throw error;
    open.noteFailure(textOf(error));
    return [errorChunk(open.request, errnoOf(error), textOf(error), byteOffset, isLast)];
  }
  open.noteFailure(textOf(error));
  const first = byteOffset / SECTOR_SIZE;
  const { failed } = error;
  const good = subtractRanges([[first, byteLength / SECTOR_SIZE]], failed);
  // Without fragments only what lies before the first failing sector can be said in one chunk.
  const isWhole = (open.request.flags & CommandFlag.df) !== 0;
  const told = isWhole ? good.filter(([start]) => start < failed[0]![0]) : good;
  const describe = (run: (typeof failed)[number]): string => `can't read ${describeSectors([run])}`;
  return partlyReadChunks(
    open.request,
    { bytes, first, good: told, failed },
    errnoOf(error),
    describe,
    isLast,
  );
}

function read(open: OpenRequest, byteOffset: number, bytes: Buffer): Promise<void> {
  return open.run((sectors) => sectors.read(byteOffset / SECTOR_SIZE, bytes));
}
