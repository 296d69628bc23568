import type { BlockDevice, Clock } from '../block/blockDevice';
import { isDisplaced, RemapError } from '../errors';
import type { MetadataStore } from '../metadata/metadataStore';
import type { RemapTarget } from '../remap/remapTarget';
import { type Construction, longSpare, obstaclesTo, openedReason } from './construct';
import type { DeviceEvent, DeviceReason, DeviceSpec, ReasonKind, SectorView } from './deviceContracts';
import type { DeviceEvents } from './deviceEvents';
import { DeviceHealth } from './deviceHealth';
import type { DeviceStack } from './deviceStack';
import { MainIdentityKeeper } from './mainIdentityKeeper';
import type { PoolPlan } from './poolPlan';
import { SectorOrigins } from './sectorOrigins';
import { disputedReason, strayReason } from './strayReason';

export interface DeviceOptions {
  /** Whether the metadata module is loaded: only then the remap table is read, kept and repaired. */
  readonly persistent: boolean;
  readonly clock: Clock;
  /** Hears of everything that happens to the device. */
  readonly emit: (event: DeviceEvent) => void;
}

/** What an assembled device consists of. The files of this room share it; `RemapDevice` hides it from all others. */
export class DeviceParts {
  /** What the device is made from; a spare that is added later is in it. */
  spec: DeviceSpec;
  readonly stack: DeviceStack;
  readonly target: RemapTarget;
  /** The metadata of each spare, in use or not; null for a spare that is missing. */
  readonly stores: (MetadataStore | null)[];
  readonly plan: PoolPlan;
  readonly poolReasons: string[];
  readonly events: DeviceEvents;
  readonly clock: Clock;
  readonly health: DeviceHealth;
  readonly origins: SectorOrigins;
  readonly mainIdentity: MainIdentityKeeper;

  constructor(
    spec: DeviceSpec,
    stack: DeviceStack,
    { target, stores, plan, poolReasons }: Construction,
    events: DeviceEvents,
    clock: Clock,
  ) {
    this.spec = spec;
    this.stack = stack;
    stack.whenReread(() => events.sectorsChanged());
    this.target = target;
    this.stores = [...stores];
    this.plan = plan;
    this.poolReasons = poolReasons;
    this.events = events;
    this.clock = clock;
    this.health = new DeviceHealth(target.statistics, clock);
    this.origins = new SectorOrigins(target, stack);
    const saved = stores.find((store) => store !== null)?.extras.mainIdentity;
    this.mainIdentity = new MainIdentityKeeper(
      stack.main.medium,
      target.committer,
      clock,
      saved ?? new Uint8Array(0),
    );
  }

  /** Whether the metadata module serves the device: its remap table is kept on the spares. */
  get persistent(): boolean {
    return this.target.pool.members.some((member) => member.store !== null);
  }

  /** Why the device is degraded or read-only. */
  get reasons(): DeviceReason[] {
    const { readOnlyReasons, table } = this.target;
    const missing = this.stack.spares.flatMap((spare, index) => (spare ? [] : [this.#missingReason(index)]));
    return [
      ...readOnlyReasons.map((text) => ({ kind: this.#kindOfReadOnly(text), text })),
      ...reasonsOf('stray', strayReason(table)),
      ...reasonsOf('disputed', disputedReason(table)),
      ...reasonsOf('pool', ...this.poolReasons),
      ...reasonsOf('missing', ...missing),
      ...this.events.reasons,
    ];
  }

  /** What is worth knowing of the images and degrades nothing, a sentence each. */
  get notes(): string[] {
    const surplus = this.stack.disks
      .filter(({ surplusBytes }) => surplusBytes > 0)
      .map(({ path, sectorCount, surplusBytes }) => {
        const bytes = surplusBytes === 1 ? '1 byte' : `${surplusBytes} bytes`;
        return `${path} is not whole sectors: ${bytes} after sector ${sectorCount - 1} are left as they are`;
      });
    const long = this.stack.spares.flatMap((spare, index) => {
      const named = this.stores[index]?.namedSectorCount ?? null;
      if (!spare || named === null || named >= spare.sectorCount) return [];
      return [longSpare(spare.path, named, spare.sectorCount)];
    });
    const maps = this.stack.disks.flatMap(({ mapPath, mapNote }) =>
      mapNote === null ? [] : [`${mapPath}: ${mapNote}`],
    );
    return [...surplus, ...long, ...maps];
  }

  /** Saves the current fingerprint of main on the spares. No data depend on it, so a failure is only logged. */
  async saveIdentity(): Promise<void> {
    if (!this.persistent || this.target.readOnly) return;
    await this.mainIdentity.save().catch((error) => {
      if (!isDisplaced(error)) this.events.log.warning(`Identity of main not saved: ${error}`);
    });
  }

  /** Saves the fingerprint again once the sectors that it samples were written: main must fit it after a crash too. */
  async renewIdentity(): Promise<void> {
    if (this.mainIdentity.isOutdated) await this.saveIdentity();
  }

  /**
   * Compares main with the fingerprint that the spare keeps. One that doesn't fit is a reason and nothing more: contents
   * change rightfully, by a kernel's use or a restore.
   */
  async checkMain(): Promise<void> {
    if (!this.persistent) return;
    const { fits, matching, total } = await this.mainIdentity.check();
    if (fits) return;
    const reason = `${this.spec.main} doesn't fit the fingerprint that the spare keeps of its main: ${matching} of ${total} sampled sectors match`;
    this.events.log.warning(reason);
    this.events.degrade('main', reason);
  }

  /** This main is the right one, though it may not fit the fingerprint: a new one is taken, if the device takes writes. */
  async acceptMain(): Promise<void> {
    this.mainIdentity.accept();
    await this.saveIdentity();
    this.events.recover('main');
    this.events.changed();
  }

  /** @throws RemapError `EINVAL` while the metadata module doesn't serve the device */
  requirePersistent(): void {
    if (this.persistent) return;
    throw new RemapError('EINVAL', `${this.spec.name} keeps no metadata: load dm-remap-v4-metadata first`);
  }

  /** @throws RemapError `ESTALE` once an image is displaced (R13) */
  requirePlaces(): void {
    if (this.target.end) throw this.target.end;
  }

  /** @throws RemapError `EROFS` on a read-only device, `ESTALE` once an image is displaced; with the reason */
  requireWritable(): void {
    this.requirePlaces();
    if (!this.target.readOnly) return;
    throw this.#refusal();
  }

  /** @throws RemapError `EROFS` on a device whose images were opened read-only, with the reason */
  requireWritableImages(): void {
    if (this.spec.readOnly !== undefined) throw this.#refusal();
  }

  /**
   * The block device of a view: the target, main's medium or a spare's.
   * @throws RemapError `ENOENT` for a spare that is missing
   */
  layerOf(view: SectorView, member = 0): BlockDevice {
    if (view === 'device') return this.target;
    if (view === 'main') return this.stack.main.medium;
    const spare = this.stack.spares[member];
    if (!spare) throw new RemapError('ENOENT', `spare ${member} of ${this.spec.name} is missing`);
    return spare.medium;
  }

  #refusal(): RemapError {
    return new RemapError(
      'EROFS',
      `${this.spec.name} is read-only: ${this.target.readOnlyReasons.join('; ')}`,
    );
  }

  #kindOfReadOnly(text: string): ReasonKind {
    if (text === openedReason(this.spec.readOnly)) return 'opened';
    if (obstaclesTo(this.stores).includes(text)) return 'metadata';
    return this.persistent ? 'unsafe' : 'unused';
  }

  #missingReason(index: number): string {
    return `spare ${index} (${this.spec.spares[index]}) is missing: the sectors on it cannot be read`;
  }
}

function reasonsOf(kind: ReasonKind, ...texts: readonly (string | null)[]): DeviceReason[] {
  return texts.filter((text) => text !== null).map((text) => ({ kind, text }));
}
