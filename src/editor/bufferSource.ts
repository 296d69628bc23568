import { posix } from 'node:path';
import * as vscode from 'vscode';
import { RangeSet, RemapError, type VolumeTarget } from '../engine';
import { type OriginRun, SECTOR_SIZE, type ViewInfo } from '../shared/protocol';
import type { SectorSource, SourceRead } from './sectorSource';

/** VS Code reads files of other schemes only whole. */
const MAX_BYTES = 64 << 20;

/** A file that isn't on this computer's disk. It is read whole, so only up to 64 MiB, and can't be edited. */
export class BufferSource implements SectorSource {
  readonly notice: string | null;
  readonly noticeActions = [];

  private constructor(
    private readonly bytes: Uint8Array,
    readonly views: readonly ViewInfo[],
  ) {
    this.notice = views[0]?.readOnlyReason ?? null;
  }

  /** @throws RemapError `EINVAL` for a file that is too large; an error of the file system provider */
  static async open(uri: vscode.Uri): Promise<BufferSource> {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) {
      const message = `${uri.path} has ${size} bytes; of a file that isn’t on this computer, at most 64 MiB can be shown.`;
      throw new RemapError('EINVAL', message);
    }
    const bytes = await vscode.workspace.fs.readFile(uri);
    const readOnlyReason = `${posix.basename(uri.path)} isn’t on this computer: it can be looked at, not edited.`;
    const { length: byteCount } = bytes;
    return new BufferSource(bytes, [
      { id: 'file', label: 'File', description: uri.toString(true), byteCount, readOnlyReason },
    ]);
  }

  async read(_view: string, firstSector: number, sectorCount: number): Promise<SourceRead> {
    const start = firstSector * SECTOR_SIZE;
    const bytes = Uint8Array.from(this.bytes.subarray(start, start + sectorCount * SECTOR_SIZE));
    return { bytes, unreadable: [] };
  }

  async origins(_view: string, first: number, count: number): Promise<OriginRun[]> {
    return [{ first, count, origin: { kind: 'plain' } }];
  }

  async write(): Promise<void> {
    throw new RemapError('EROFS', this.notice ?? 'The file is read-only.');
  }

  async flush(): Promise<void> {}

  async seek(): Promise<null> {
    return null;
  }

  markers(): [] {
    return [];
  }

  remapAt(): { sector: undefined; total: number } {
    return { sector: undefined, total: 0 };
  }

  async map(): Promise<[]> {
    return [];
  }

  async emptyRuns(): Promise<null> {
    return null;
  }

  faults(): Pick<VolumeTarget, 'unreadable'> {
    return { unreadable: async () => ({ bad: new RangeSet(), notRescued: new RangeSet() }) };
  }

  async refresh(): Promise<void> {}

  onDidChange(): () => void {
    return () => {};
  }

  async dispose(): Promise<void> {}
}
