import type { BlockDevice, Clock } from '../block/blockDevice';
import { RemapError, reasonOf } from '../errors';
import { inspectMetadata, type MetadataInspection } from '../metadata/inspect';
import type { TableState } from '../metadata/tableExtents';
import { verifyTable } from '../metadata/tableReader';
import type { MemberReport, MetadataReport } from './deviceContracts';

/**
 * The report of a device's spares: the first one's, and for a pool that of each.
 * @param check reads the metadata of one spare by its index
 * @throws what `check` throws for the first one; for another one that is its reason
 */
export async function reportSpares(
  paths: readonly string[],
  check: (member: number) => Promise<MetadataReport>,
): Promise<MetadataReport> {
  const first = await check(0);
  if (paths.length === 1) return first;
  const members: MemberReport[] = [{ path: paths[0]!, report: first }];
  for (const [i, path] of paths.entries()) if (i > 0) members.push(await reportMember(path, () => check(i)));
  return { ...first, members };
}

async function reportMember(path: string, check: () => Promise<MetadataReport>): Promise<MemberReport> {
  try {
    return { path, report: await check() };
  } catch (error) {
    return { path, report: null, reason: reasonOf(error) };
  }
}

/** What the five copies and both mirrors of the large table on a spare say, read now; nothing is written. */
export async function reportMetadata(spare: BlockDevice, clock: Clock): Promise<MetadataReport> {
  const inspection = await inspectMetadata(spare, clock.now());
  const { table } = inspection;
  return { ...summarize(inspection), ...(table && { table: await reportTable(spare, table) }) };
}

async function reportTable(
  spare: BlockDevice,
  table: TableState,
): Promise<NonNullable<MetadataReport['table']>> {
  try {
    const damaged = await verifyTable(spare, table);
    return { records: table.recordCount, damaged: damaged.map(({ at }) => at) };
  } catch (error) {
    if (!(error instanceof RemapError && error.code === 'ENODATA')) throw error;
    const { sector, mirror } = error.details as { sector: number; mirror: number };
    return { records: table.recordCount, damaged: [sector, mirror], reason: error.message };
  }
}

/** What an inspection found, as commands return it: plain JSON. */
function summarize({ copies, winner, sequence, remaps }: MetadataInspection): MetadataReport {
  return {
    copies: copies.map((copy) => ({
      index: copy.index,
      sector: copy.sector,
      valid: copy.valid,
      ...(copy.reason === undefined ? {} : { reason: copy.detail ?? copy.reason }),
      ...(copy.valid && copy.sequence! < sequence ? { stale: true } : {}),
      sequence: copy.sequence ?? null,
    })),
    winner,
    sequence: winner === null ? null : sequence,
    remaps,
  };
}
