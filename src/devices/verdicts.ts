import type {
  MachineEvent,
  MarkerResult,
  MarkerVerification,
  MetadataReport,
  RemapDevice,
  SectorRange,
} from '../engine';

/**
 * Remembers what checks found for as long as it is true: the result of a marker until its sector may have changed, a
 * metadata report until the device commits, settles its copies or is assembled again.
 */
export class Verdicts {
  readonly #markers = new Map<string, Map<number, MarkerResult>>();
  readonly #metadata = new Map<string, { readonly state: string; readonly report: MetadataReport }>();

  /** The result for the marker of a sector; undefined when it wasn't verified, or the sector may have changed since. */
  marker(device: string, sector: number): MarkerResult | undefined {
    return this.#markers.get(device)?.get(sector);
  }

  /** Remembers the results of a verification. */
  recordMarkers(device: string, verification: MarkerVerification): void {
    const markers = this.#markers.get(device) ?? new Map<number, MarkerResult>();
    for (const result of verification.results) markers.set(result.sector, result);
    this.#markers.set(device, markers);
  }

  /** The state of a device's five metadata copies, read again only when they may have changed. */
  async metadata(device: RemapDevice): Promise<MetadataReport> {
    const { valid, stale, sequence } = device.info().metadata;
    const state = `${valid} ${stale} ${sequence}`;
    const known = this.#metadata.get(device.name);
    if (known?.state === state) return known.report;
    const report = await device.checkMetadata();
    this.#metadata.set(device.name, { state, report });
    return report;
  }

  /** Makes the next {@link metadata} read the copies again. */
  forgetMetadata(device: string): void {
    this.#metadata.delete(device);
  }

  /** Forgets what the event makes untrue. */
  follow(event: MachineEvent): void {
    if (event.kind === 'sectors') this.#forgetMarkers(event.device, event.sectors);
    else if (event.kind === 'created' || event.kind === 'removed') {
      this.#markers.delete(event.device);
      this.#metadata.delete(event.device);
    }
  }

  #forgetMarkers(device: string, sectors: readonly SectorRange[] | undefined): void {
    if (!sectors) this.#markers.delete(device);
    const markers = this.#markers.get(device);
    if (!markers || !sectors) return;
    for (const sector of markers.keys()) {
      if (sectors.some(([first, count]) => sector >= first && sector < first + count)) markers.delete(sector);
    }
  }
}
