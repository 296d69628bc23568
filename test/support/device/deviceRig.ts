import type { DeviceEvent, DeviceSpec } from '../../../src/engine/device/deviceContracts';
import { DeviceStack } from '../../../src/engine/device/deviceStack';
import type { Disk } from '../../../src/engine/device/disk';
import { KernelLog } from '../../../src/engine/device/kernelLog';
import { RemapDevice } from '../../../src/engine/device/remapDevice';
import { createImages } from '../../../src/engine/machine/images';
import { ManualClock } from '../remap/targetRig';
import { tempFolder } from '../tempFolder';

export interface DeviceRigOptions {
  readonly mainSectors?: number;
  readonly spareSectors?: number;
  readonly spec?: Partial<DeviceSpec>;
}

/** A device over images in a folder, without a machine around it: the test has its disks in hand. */
export class DeviceRig {
  readonly clock = new ManualClock();
  /** What the devices of the running test told; those of an earlier one may still tell something a moment later. */
  events: DeviceEvent[] = [];
  device!: RemapDevice;
  stack!: DeviceStack;
  spec!: DeviceSpec;

  /** The lines of the kernel log so far. */
  get log(): string[] {
    return this.events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));
  }

  /** The disk of a spare that is there. */
  spare(member = 0): Disk {
    return this.stack.spares[member]!;
  }

  async create(path: (name: string) => string, options: DeviceRigOptions): Promise<void> {
    const { mainSectors = 20_480, spareSectors = 8192 } = options;
    const [main, spare] = [path('main.img'), path('spare.img')];
    await createImages({ main, mainSectors, spare, spareSectors }, this.clock);
    const markers = { sectors: [1000, 2000], text: 'test_data_{sector}' };
    const spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
    this.spec = { ...spec, ...options.spec };
    this.events = [];
    await this.assemble();
    this.events.length = 0;
  }

  /** Opens the images and constructs the device, as the machine does. */
  async assemble({ persistent = true } = {}): Promise<void> {
    const { events } = this;
    const log = new KernelLog((event) => events.push(event));
    this.stack = await DeviceStack.open(this.spec, this.clock, { log });
    await this.construct({ persistent });
  }

  /** Constructs the device over images that are open. */
  async construct({ persistent = true } = {}): Promise<void> {
    const { events } = this;
    const emit = (event: DeviceEvent): void => void events.push(event);
    this.device = await RemapDevice.construct(this.spec, this.stack, {
      persistent,
      clock: this.clock,
      emit,
    });
  }

  /** Closes the device and assembles it anew. */
  async reassemble(options: { readonly persistent?: boolean } = {}): Promise<void> {
    this.spec = this.device.spec;
    await this.device.close();
    await this.assemble(options);
  }
}

/** A rig for each test of the enclosing `describe`, its device closed after it. Call in the `describe`, use in the tests. */
export function deviceRig(options: DeviceRigOptions = {}): DeviceRig {
  const rig = new DeviceRig();
  // Before the hook that removes the folder, so that the images are closed when they go. A test may have closed them.
  afterEach(() => rig.device?.close().catch(() => undefined));
  const folder = tempFolder();
  beforeEach(() => rig.create(folder.path, options));
  return rig;
}
