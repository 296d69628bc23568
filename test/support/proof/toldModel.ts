/** What may be in each sector of a device, by what the program that works on it has told so far. */

/** A write that was begun and that no later write is known to have replaced. */
interface Begun {
  readonly version: number;
  readonly at: number;
  isAnswered: boolean;
}

interface Sector {
  /** The version that an answered flush covers; 0 are the zeros of a fresh image. */
  durable: number;
  /** When the write of that version, and the last injection, were begun. */
  durableAt: number;
  injectedAt: number;
  /** Main is bad there for certain: an answered injection, and no clearing begun since. */
  isBad: boolean;
  later: Begun[];
}

/** The sectors that an operation is about, and those writes that it makes durable. */
interface Operation {
  readonly kind: string;
  readonly first: number;
  readonly count: number;
  readonly covered: readonly (readonly [Sector, Begun])[];
}

/**
 * Follows lines `KIND ID [FIRST COUNT [VERSION]]`, told when an operation begins, and `! ID`, told when it was answered
 * with success. What was never answered may have happened or not. Kinds: `write`, `flush`, `reload`, `inject` (bad for
 * reads and writes), `clear`; others change no data.
 */
export class ToldModel {
  readonly #sectors: Sector[];
  readonly #running = new Map<string, Operation>();
  #time = 0;

  constructor(sectorCount: number) {
    this.#sectors = Array.from({ length: sectorCount }, () => ({
      durable: 0,
      durableAt: 0,
      injectedAt: 0,
      isBad: false,
      later: [],
    }));
  }

  take(line: string): void {
    const [kind = '', id = '', first = '0', count = '0', version = '0'] = line.split(' ');
    this.#time++;
    if (kind === '!') this.#answered(id);
    else
      this.#begun(
        id,
        { kind, first: Number(first), count: Number(count), covered: this.#coveredBy(kind) },
        Number(version),
      );
  }

  /** The versions of a sector that its device may give. */
  allowed(sector: number): number[] {
    const { durable, later } = this.#sectors[sector]!;
    return [durable, ...later.map(({ version }) => version)];
  }

  /** Whether a read of a sector may fail: it was injected after the last write that is durable for certain was begun. */
  mayFail(sector: number): boolean {
    const { injectedAt, durableAt } = this.#sectors[sector]!;
    return injectedAt > durableAt;
  }

  /** Whether main must be bad in a sector. */
  isBad(sector: number): boolean {
    return this.#sectors[sector]!.isBad;
  }

  /**
   * The process was killed: what it had not flushed may be lost, also of sectors that can't be read now, so no flush of
   * another process makes it durable.
   */
  killed(): void {
    this.#running.clear();
    for (const { later } of this.#sectors) for (const write of later) write.isAnswered = false;
  }

  /** Notes what a new process has read: it is on the disk. */
  settle(sector: number, version: number): void {
    const state = this.#sectors[sector]!;
    Object.assign(state, { durable: version, later: [] });
  }

  #coveredBy(kind: string): (readonly [Sector, Begun])[] {
    if (kind !== 'flush' && kind !== 'reload') return [];
    return this.#sectors.flatMap((sector) => {
      const last = sector.later.findLast(({ isAnswered }) => isAnswered);
      return last ? [[sector, last] as const] : [];
    });
  }

  #begun(id: string, operation: Operation, version: number): void {
    this.#running.set(id, operation);
    for (const sector of this.#sectorsOf(operation)) {
      if (operation.kind === 'write') sector.later.push({ version, at: this.#time, isAnswered: false });
      if (operation.kind === 'inject') sector.injectedAt = this.#time;
    }
    if (operation.kind === 'clear') for (const sector of this.#sectors) sector.isBad = false;
  }

  #answered(id: string): void {
    const operation = this.#running.get(id);
    if (!operation) throw new Error(`an operation was answered that was not begun: ${id}`);
    this.#running.delete(id);
    for (const sector of this.#sectorsOf(operation)) {
      if (operation.kind === 'write') sector.later.at(-1)!.isAnswered = true;
      if (operation.kind === 'inject') sector.isBad = true;
    }
    if (operation.kind === 'clear') for (const sector of this.#sectors) sector.injectedAt = 0;
    for (const [sector, write] of operation.covered) {
      if (write.at <= sector.durableAt) continue;
      Object.assign(sector, { durable: write.version, durableAt: write.at });
      sector.later = sector.later.filter(({ at }) => at > write.at);
    }
  }

  #sectorsOf({ first, count }: Operation): Sector[] {
    return this.#sectors.slice(first, first + count);
  }
}
