import type { EditedSource } from '../../../src/editor/sectorEdits';
import type { SourceRead } from '../../../src/editor/sectorSource';
import { BlockError, type SectorRange } from '../../../src/engine';

const VIEW = { id: 'device', label: 'Device', description: 'memory', readOnlyReason: null } as const;

/** A source in memory whose sectors fail as a test wants. */
export class MemorySource implements EditedSource {
  readonly disk: Uint8Array;
  readonly badReads = new Set<number>();
  readonly badWrites = new Set<number>();
  readonly written: SectorRange[] = [];
  flushes = 0;
  readOnlyReason: string | null = null;

  /** @param byteCount its size now: a test may cut it, and lengthen it again */
  constructor(public byteCount: number) {
    this.disk = Uint8Array.from({ length: byteCount }, (_, i) => (i * 31 + (i >> 9)) & 0xff);
  }

  get views() {
    return [{ ...VIEW, byteCount: this.byteCount, readOnlyReason: this.readOnlyReason }];
  }

  async read(_view: string, firstSector: number, sectorCount: number): Promise<SourceRead> {
    const end = Math.min((firstSector + sectorCount) * 512, this.byteCount);
    const bytes = this.disk.slice(firstSector * 512, end);
    const unreadable = [];
    for (let sector = firstSector; sector < firstSector + sectorCount; sector++) {
      if (!this.badReads.has(sector)) continue;
      bytes.fill(0, (sector - firstSector) * 512, (sector - firstSector + 1) * 512);
      unreadable.push({ first: sector, count: 1, message: 'medium error' });
    }
    return { bytes, unreadable };
  }

  async origins(): Promise<[]> {
    return [];
  }

  async write(_view: string, firstSector: number, bytes: Uint8Array): Promise<void> {
    if (firstSector * 512 + bytes.length > this.byteCount) throw new BlockError('EINVAL', 'outside', []);
    const failed: SectorRange[] = [];
    for (let at = 0; at < bytes.length; at += 512) {
      const sector = firstSector + at / 512;
      if (this.badWrites.has(sector)) {
        failed.push([sector, 1]);
        continue;
      }
      this.disk.set(bytes.subarray(at, at + 512), sector * 512);
      this.badReads.delete(sector);
      this.written.push([sector, 1]);
    }
    if (failed.length > 0) throw new BlockError('EIO', 'the write failed', failed);
  }

  async flush(): Promise<void> {
    this.flushes++;
  }
}
