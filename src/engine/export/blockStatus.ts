import { SECTOR_SIZE } from '../block/blockDevice';
import type { ClientSectors } from '../device/clientSectors';
import type { SectorExtent } from '../device/sectorStates';
import { ALLOCATION, type MetaContext } from './contexts';
import type { OpenRequest } from './openRequest';
import { statusChunk } from './replies';
import { CommandFlag } from './wire';

/** An answer has at most so many extents; the client asks again for the rest. */
const MAX_EXTENTS = 8192;

/** Answers BLOCK_STATUS: one chunk for each context that the client chose. */
export async function blockStatusReply(open: OpenRequest): Promise<void> {
  const { byteOffset, byteLength, flags } = open.request;
  const { contexts } = open.agreement;
  const first = byteOffset / SECTOR_SIZE;
  const count = byteLength / SECTOR_SIZE;
  const limit = (flags & CommandFlag.reqOne) !== 0 ? 1 : MAX_EXTENTS;
  const chunks: Buffer[] = [];
  for (const [i, context] of contexts.entries()) {
    const extents = await open.run((sectors) => extentsOf(sectors, context, first, count, limit));
    chunks.push(statusChunk(open.request, context.id, extents, i === contexts.length - 1));
  }
  open.answer(chunks);
}

async function extentsOf(
  sectors: ClientSectors,
  { id }: MetaContext,
  first: number,
  count: number,
  limit: number,
): Promise<SectorExtent[]> {
  if (id === ALLOCATION.id) return sectors.allocation(first, count, limit);
  return sectors.states(first, count, limit);
}
