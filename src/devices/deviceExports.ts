import type { ExportOptions } from '../contract/commandArguments';
import type { ExportedDisk } from '../contract/commandResults';
import {
  type ExportServer,
  exportDevices,
  type Machine,
  type RemapDevice,
  RemapError,
  SerialQueue,
} from '../engine';
import { type ExportRates, RateMeter } from './rateMeter';

/** How often the figures of exports with clients are looked at. */
const SAMPLE_MS = 1000;

/** An export, with what its clients did in the last second. */
export interface ShownExport extends ExportedDisk {
  readonly rates: ExportRates;
}

interface Running {
  readonly device: string;
  readonly options: ExportOptions;
  readonly server: ExportServer;
  readonly meter: RateMeter;
}

/**
 * The disks that NBD clients can use: devices of a machine, and read-only their images. Each has a server of its own. It
 * stays while its device is reloaded or the machine rebooted, and ends when the device is removed or doesn't come back.
 */
export class DeviceExports {
  readonly #running = new Set<Running>();
  readonly #queue = new SerialQueue();
  #timer: NodeJS.Timeout | undefined;

  /** @param tell is called when the exports of a device, their clients or their rates have changed */
  constructor(
    private readonly machine: Machine,
    private readonly tell: (device: string) => void,
  ) {}

  /**
   * Begins to export a device or one of its images; answers the export that there is, if it is as asked for.
   * @throws RemapError `EBUSY` when it is exported in another way, `ENODEV`, `ENOENT` as `exportDevices`
   */
  export({ name }: RemapDevice, options: ExportOptions): Promise<ShownExport> {
    return this.#queue.run(async () => {
      const known = [...this.#running].find(
        ({ device, options: { from } }) => device === name && from === options.from,
      );
      if (known) return this.#shown(requireSame(known, options));
      return this.#shown(await this.#begin(name, options));
    });
  }

  /** Ends the exports of a device: requests under way are finished, and clients disconnected. @returns what was exported */
  unexport(device: string): Promise<ShownExport[]> {
    return this.#queue.run(async () => {
      const ended = [...this.#running].filter((each) => each.device === device);
      const shown = ended.map((each) => this.#shown(each));
      await Promise.all(ended.map((each) => this.#end(each)));
      return shown;
    });
  }

  /** All exports, or those of a device by its name. */
  list(device?: string): ShownExport[] {
    const running = [...this.#running].filter((each) => device === undefined || each.device === device);
    return running.map((each) => this.#shown(each));
  }

  /** The exports of a device; none for one of another machine, though it has the name. */
  of(device: RemapDevice): ShownExport[] {
    return this.machine.device(device.name) === device ? this.list(device.name) : [];
  }

  /** How many clients have a device, or one of its images, open. */
  clientsOf(device: RemapDevice): number {
    return this.of(device).reduce((sum, { clients }) => sum + clients, 0);
  }

  /** Ends all exports. */
  async close(): Promise<void> {
    await this.#queue.run(() => Promise.all([...this.#running].map((each) => this.#end(each))));
  }

  async #begin(device: string, options: ExportOptions): Promise<Running> {
    const { from, readOnly, tcp } = options;
    const name = from === 'device' ? device : `${device}/${from}`;
    const server = await exportDevices(this.machine, {
      exports: [{ name, device, from, readOnly }],
      listen: tcp ? { tcpPort: 0 } : {},
      onEvent: ({ kind }) => (kind === 'ended' ? this.#ended(running) : this.tell(device)),
    });
    const running: Running = { device, options, server, meter: new RateMeter() };
    this.#running.add(running);
    this.#timer ??= setInterval(() => this.#sample(), SAMPLE_MS);
    this.tell(device);
    return running;
  }

  /** Its device was removed, or has not come back. */
  #ended(running: Running): void {
    void this.#queue.run(() => this.#end(running));
  }

  async #end(running: Running): Promise<void> {
    if (!this.#running.delete(running)) return;
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    await running.server.close();
    this.tell(running.device);
  }

  /** Tells only of devices whose figures have changed, so that an idle export costs nothing. */
  #sample(): void {
    for (const { device, server, meter } of this.#running) {
      if (meter.sample(server.figures()[0]!, Date.now())) this.tell(device);
    }
  }

  #shown({ device, options, server, meter }: Running): ShownExport {
    const isReadOnly = options.readOnly || this.machine.device(device)?.readOnly === true;
    return {
      ...server.figures()[0]!,
      socket: server.socketPath,
      from: options.from,
      readOnly: isReadOnly || options.from !== 'device',
      rates: meter.rates,
    };
  }
}

function requireSame(known: Running, { tcp, readOnly }: ExportOptions): Running {
  if (known.options.tcp === tcp && known.options.readOnly === readOnly) return known;
  const how = `${known.options.readOnly ? 'read-only ' : ''}at ${known.server.uriOf()}`;
  throw new RemapError('EBUSY', `${known.device} is exported already, ${how}: stop exporting it first`, {
    device: known.device,
  });
}
