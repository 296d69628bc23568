import { SECTOR_SIZE } from '../block/blockDevice';
import type { ClientSectors } from '../device/clientSectors';
import type { RemapDevice } from '../device/remapDevice';
import { RemapError } from '../errors';
import type { Machine } from '../machine/machine';
import type { MachineEvent } from '../machine/machineContracts';
import type { ExportSpec } from './exportContracts';

/** What an export needs of the machine that has its device. */
export type ExportMachine = Pick<Machine, 'device' | 'onEvent'>;

/** Requests that wait for the device. */
interface Waiting {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: RemapError) => void;
  readonly timer: NodeJS.Timeout;
}

/** What an export has done. */
class Counters {
  reads = 0;
  writes = 0;
  flushes = 0;
  bytesRead = 0;
  bytesWritten = 0;
  errors = 0;
  lastError: string | null = null;
}

/**
 * A device under the name that clients use. It stays while the device is reloaded or rebooted: requests wait until the
 * device is back, and are made then, since none of those under way was answered. It ends when the device is removed, or
 * hasn't come back in time.
 */
export class DeviceExport {
  readonly counters = new Counters();
  readonly #spec: ExportSpec;
  readonly #machine: ExportMachine;
  readonly #returnMs: number;
  /** The device as it was last seen; null until it was. */
  #sectors: ClientSectors | null = null;
  /** Whether it takes requests. */
  #isHere = false;
  #isEnded = false;
  #waiting: Waiting | null = null;
  #onEnd: (() => void) | null = null;
  #onFailure: ((message: string) => void) | null = null;

  /** @throws RemapError `ENODEV` for a device that isn't assembled, `ENOENT` for a spare that is missing */
  constructor(machine: ExportMachine, spec: ExportSpec, returnMs: number) {
    this.#machine = machine;
    this.#spec = spec;
    this.#returnMs = returnMs;
    const device = machine.device(spec.device);
    if (!device) throw this.#gone(`there is no assembled device named ${spec.device}: assemble it first`);
    this.#attach(device);
    if (this.byteLength > 0) return;
    throw new RemapError('ENOENT', `spare ${spec.member ?? 0} of ${spec.device} is missing`);
  }

  get name(): string {
    return this.#spec.name;
  }

  get deviceName(): string {
    return this.#spec.device;
  }

  get description(): string {
    const { device, from = 'device' } = this.#spec;
    return from === 'device' ? `dm-remap device ${device}` : `${from} image of ${device}, read-only`;
  }

  get byteLength(): number {
    return this.#sectors!.sectorCount * SECTOR_SIZE;
  }

  get readOnly(): boolean {
    return this.#spec.readOnly === true || this.#sectors!.readOnly;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Calls the listener when clients can't go on: the device was removed, has another size, or hasn't come back. */
  whenEnded(listener: () => void): void {
    this.#onEnd = listener;
  }

  /** Calls the listener for each request that failed. */
  whenFailed(listener: (message: string) => void): void {
    this.#onFailure = listener;
  }

  /** Counts an error that a client was answered with. */
  noteFailure(message: string): void {
    this.counters.errors++;
    this.counters.lastError = message;
    this.#onFailure?.(message);
  }

  /**
   * Makes a request, once the device is there. One that the device went away under is made again.
   * @throws RemapError `ENODEV` when the device was removed or hasn't come back; and as the request does
   */
  run<T>(request: (sectors: ClientSectors) => Promise<T>): Promise<T> {
    const sectors = this.#sectors!;
    if (!this.#isHere) return this.#whenBack().then(() => this.run(request));
    return request(sectors).catch((error: unknown) => {
      if (!(error instanceof RemapError) || error.code !== 'ENODEV') throw error;
      // The machine may list the device for a moment longer, though it takes no more requests.
      if (this.#sectors === sectors) this.#isHere = false;
      return this.run(request);
    });
  }

  /** Follows the machine: takes the device that comes back, and ends with the one that doesn't. */
  follow(event: MachineEvent): void {
    if ((event.kind !== 'created' && event.kind !== 'removed') || event.device !== this.#spec.device) return;
    if (event.kind === 'created') {
      this.#attach(this.#machine.device(event.device)!);
      return;
    }
    this.#isHere = false;
    if (!event.comesBack) this.#end(`${event.device} was removed`);
  }

  /** Refuses the requests that wait. */
  close(): void {
    this.#settle((waiting) => waiting.reject(this.#gone('the server is ending')));
  }

  #attach(device: RemapDevice): void {
    const sectors = device.clientSectors(this.#spec.from ?? 'device', this.#spec.member);
    const isOther = this.#sectors !== null && sectors.sectorCount !== this.#sectors.sectorCount;
    if (isOther) this.#end(`${device.name} has another size than before`);
    this.#sectors = sectors;
    this.#isHere = true;
    this.#isEnded = false;
    this.#settle((waiting) => waiting.resolve());
  }

  #whenBack(): Promise<void> {
    if (this.#isEnded) return Promise.reject(this.#gone(`${this.#spec.device} was removed`));
    this.#waiting ??= this.#newWaiting();
    return this.#waiting.promise;
  }

  #newWaiting(): Waiting {
    let resolve!: () => void;
    let reject!: (error: RemapError) => void;
    const promise = new Promise<void>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    const timer = setTimeout(() => this.#end(`${this.#spec.device} has not come back`), this.#returnMs);
    return { promise, resolve, reject, timer };
  }

  #end(reason: string): void {
    this.#isEnded = true;
    this.#isHere = false;
    this.#settle((waiting) => waiting.reject(this.#gone(reason)));
    this.#onEnd?.();
  }

  #settle(settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = null;
    clearTimeout(waiting.timer);
    settle(waiting);
  }

  #gone(message: string): RemapError {
    return new RemapError('ENODEV', message, { name: this.#spec.device });
  }
}
