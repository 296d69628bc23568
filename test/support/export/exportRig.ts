import type { RemapDevice } from '../../../src/engine/device/remapDevice';
import type {
  ExportEvent,
  ExportLimits,
  ExportServer,
  ExportSpec,
} from '../../../src/engine/export/exportContracts';
import { exportDevices } from '../../../src/engine/export/exportServer';
import { createImages } from '../../../src/engine/machine/images';
import { Machine } from '../../../src/engine/machine/machine';
import { tempFolder } from '../tempFolder';
import { RawClient } from './rawClient';
import { socketPath } from './socketPath';

export interface ExportRigOptions {
  readonly mainSectors?: number;
  readonly spareSectors?: number;
  readonly limits?: Partial<ExportLimits>;
  readonly exports?: readonly ExportSpec[];
}

const EXPORTS: readonly ExportSpec[] = [
  { name: 'disk', device: 'disk' },
  { name: 'disk/main', device: 'disk', from: 'main' },
  { name: 'disk/spare', device: 'disk', from: 'spare' },
];

/** A machine with one device, `disk`, and a server that exports it and its images on a socket. */
export class ExportRig {
  readonly machine = new Machine();
  readonly events: ExportEvent[] = [];
  server!: ExportServer;
  #clients: RawClient[] = [];

  constructor(private readonly path: (name: string) => string) {}

  get device(): RemapDevice {
    return this.machine.device('disk')!;
  }

  get socketPath(): string {
    return this.server.socketPath!;
  }

  async begin({
    mainSectors = 20_480,
    spareSectors = 8192,
    limits = {},
    exports = EXPORTS,
  }: ExportRigOptions): Promise<void> {
    const [main, spare] = [this.path('main.img'), this.path('spare.img')];
    await createImages({ main, mainSectors, spare, spareSectors }, this.machine.clock);
    await this.assemble();
    this.server = await exportDevices(this.machine, {
      exports,
      listen: { socketPath: socketPath(this.path('nbd.sock')) },
      limits: { endMs: 500, ...limits },
      onEvent: (event) => this.events.push(event),
    });
  }

  /** Assembles the device from its images, as after a reboot. */
  async assemble(): Promise<void> {
    const [main, spare] = [this.path('main.img'), this.path('spare.img')];
    const markers = { sectors: [1000], text: 'test_data_{sector}' };
    await this.machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers,
    });
  }

  /** A client that has said nothing yet. */
  connect(): RawClient {
    const client = new RawClient({ path: this.socketPath });
    this.#clients.push(client);
    return client;
  }

  /** A client that has an export open. */
  async open(name = '', options: Parameters<RawClient['open']>[1] = {}): Promise<RawClient> {
    const client = this.connect();
    await client.open(name, options);
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.vanish();
    await this.server?.close();
    await this.machine.close().catch(() => undefined);
  }
}

/** A rig for each test of the enclosing `describe`. Call in the `describe`, use in the tests. */
export function exportRig(options: ExportRigOptions = {}): { readonly current: ExportRig } {
  const held = { current: null as unknown as ExportRig };
  // Before the hook that removes the folder, so that the images are closed when they go.
  afterEach(() => held.current.end());
  const folder = tempFolder();
  beforeEach(() => {
    held.current = new ExportRig(folder.path);
    return held.current.begin(options);
  });
  return held;
}
