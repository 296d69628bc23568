import { openImage } from '../../../src/engine/block/image';
import type { ClientSectors } from '../../../src/engine/device/clientSectors';
import type { DeviceSpec } from '../../../src/engine/device/deviceContracts';
import type { RemapDevice } from '../../../src/engine/device/remapDevice';
import { formatSpare } from '../../../src/engine/machine/images';
import { Machine } from '../../../src/engine/machine/machine';
import type { ModuleState } from '../../../src/engine/machine/machineContracts';
import type {
  BeforeAndAfter,
  RebootOptions,
  ReloadOptions,
} from '../../../src/engine/machine/machineOptions';
import { MetadataStore } from '../../../src/engine/metadata/metadataStore';
import { commitList, entry } from '../metadata/spares';

/** A machine that tampers with each device it creates, with each one that a reload or a reboot brings back, or with itself. */
class DefectiveMachine extends Machine {
  protected tamper(_device: RemapDevice): void | Promise<void> {}
  protected tamperAfter(_device: RemapDevice): void | Promise<void> {}

  override async create(spec: DeviceSpec): Promise<RemapDevice> {
    const device = await super.create(spec);
    await this.tamper(device);
    return device;
  }

  override async reload(names?: readonly string[], options?: ReloadOptions): Promise<BeforeAndAfter> {
    const result = await super.reload(names, options);
    for (const device of this.devices()) await this.tamperAfter(device);
    return result;
  }

  override async reboot(options?: RebootOptions): Promise<BeforeAndAfter> {
    const result = await super.reboot(options);
    for (const device of this.devices()) await this.tamperAfter(device);
    return result;
  }
}

/** Assembles a device anew after the table on its spares was cut to so many entries; several spares lose all of it. */
async function reassembleWith(machine: Machine, device: RemapDevice, entryCount: number): Promise<void> {
  const { spec, sectorCount: mainSectorCount } = device;
  const kept = device.listRemaps({ limit: entryCount }).remaps;
  await machine.remove(spec.name);
  for (const path of spec.spares) await formatSpare(path, { mainSectorCount, force: true });
  const image = await openImage(spec.spares[0]!);
  const store = await MetadataStore.open(image, { mainSectorCount, clock: machine.clock });
  await store.load(() => {});
  await commitList(
    store,
    kept.map(({ original, spare }) => entry(original, spare)),
  );
  await store.settle();
  await image.close();
  await machine.create(spec);
}

/** Writes succeed and are not stored. */
class LosesWrites extends DefectiveMachine {
  protected override async tamper(device: RemapDevice): Promise<void> {
    await device.injectErrors({ flakey: '0 1 2 error_reads drop_writes' });
  }
}

/** The table is gone after a reload or reboot, as in v4.0.3 (B7). */
class ForgetsTable extends DefectiveMachine {
  protected override tamperAfter(device: RemapDevice): Promise<void> {
    return reassembleWith(this, device, 0);
  }
}

/** Only the first 2,048 entries, or half of a smaller table, come back (B23). */
class TruncatesTable extends DefectiveMachine {
  protected override tamperAfter(device: RemapDevice): Promise<void> {
    return reassembleWith(this, device, Math.min(2048, Math.floor(device.info().remaps / 2)));
  }
}

/** A failing sector reads as what is stored there (B6). */
class ServesStaleData extends DefectiveMachine {
  protected override async tamperAfter(device: RemapDevice): Promise<void> {
    await device.message('disable');
  }
}

/** Loading the metadata module does nothing for devices that run. */
class IgnoresLateModule extends DefectiveMachine {
  override async loadModule(name: string): Promise<ModuleState[]> {
    return name === 'metadata' ? this.modules() : super.loadModule(name);
  }
}

/** Flush is answered and not done (B17). */
class SkipsFlush extends DefectiveMachine {
  protected override tamper(device: RemapDevice): void {
    device.flush = async () => {};
  }
}

/** A spare without valid metadata is formatted (B22). */
class FormatsForeignSpares extends DefectiveMachine {
  override async create(spec: DeviceSpec): Promise<RemapDevice> {
    return super.create(spec).catch(async () => {
      await formatSpare(spec.spares[0]!, { mainSectorCount: 204_800, force: true });
      return super.create(spec);
    });
  }
}

/** A write that finds no place on the spare is answered with success. */
class SwallowsErrors extends DefectiveMachine {
  protected override tamper(device: RemapDevice): void {
    const write = device.write.bind(device);
    device.write = (sector, bytes, options) => write(sector, bytes, options).catch(() => ({ remapped: [] }));
  }
}

/** Failing spare sectors are not noticed. */
class TrustsSpare extends DefectiveMachine {
  protected override tamper(device: RemapDevice): void {
    const inject = device.injectErrors.bind(device);
    device.injectErrors = async (options) =>
      options.on === 'spare' ? { sectors: 0, flakey: null, hints: [] } : inject(options);
  }
}

/** The disk tries a failed read again by itself: the target never hears of it, and moves nothing to the spare. */
class NeverRescues extends DefectiveMachine {
  protected override tamper(device: RemapDevice): void {
    device.failNextRead = async () => {};
  }
}

/** Some writes are answered and not done. */
class DropsSomeWrites extends DefectiveMachine {
  #count = 0;

  protected override tamper(device: RemapDevice): void {
    const write = device.write.bind(device);
    device.write = async (sector, bytes, options) =>
      ++this.#count % 50 === 0 ? { remapped: [] } : write(sector, bytes, options);
  }
}

/** A machine that tampers with what clients of an export get of each device. */
abstract class DefectiveExports extends Machine {
  readonly #tampered = new WeakSet<RemapDevice>();

  protected abstract tamper(sectors: ClientSectors, device: RemapDevice): void;

  override device(name: string): RemapDevice | undefined {
    const device = super.device(name);
    if (!device || this.#tampered.has(device)) return device;
    this.#tampered.add(device);
    const clientSectors = device.clientSectors.bind(device);
    device.clientSectors = (view, member) => {
      const sectors = clientSectors(view, member);
      this.tamper(sectors, device);
      return sectors;
    };
    return device;
  }
}

/** Clients that read a remapped sector of data get zeros. */
class LosesRemapped extends DefectiveExports {
  protected override tamper(sectors: ClientSectors, device: RemapDevice): void {
    const read = sectors.read.bind(sectors);
    sectors.read = async (first, buffer) => {
      await read(first, buffer);
      for (const { kind, first: at, count } of device.origins('device', first, buffer.length / 512)) {
        if (kind === 'spare') buffer.fill(0, (at - first) * 512, (at - first + count) * 512);
      }
    };
  }
}

/** Clients are told that a write succeeded which found no place on the spare. */
class SwallowsClientErrors extends DefectiveExports {
  protected override tamper(sectors: ClientSectors): void {
    const write = sectors.write.bind(sectors);
    sectors.write = (sector, buffer) => write(sector, buffer).catch(() => undefined);
  }
}

/** Clients are told that a flush is done which never began. */
class SkipsClientFlush extends DefectiveExports {
  protected override tamper(sectors: ClientSectors): void {
    sectors.flush = async () => {};
  }
}

/** A file system notices lost bytes itself where it has checksums; else those of the files tell. */
const LOST_DATA =
  /\d+ of \d+ files have their checksum .*; not |Input\/output error|mount: .*|Structure needs cleaning/;
const LOST_FLUSHED =
  /files that were durable are there; not |mount: |files have their checksum after power loss \d; not /;

const MOUNTED_DEFECTS = ['ext4', 'xfs', 'btrfs'].flatMap((name) => [
  [`${name}-bad-sectors`, { machine: () => new LosesRemapped(), says: LOST_DATA }] as const,
  [
    `${name}-spare-full`,
    { machine: () => new SwallowsClientErrors(), says: /is told: it said nothing/ },
  ] as const,
  [`${name}-power-loss`, { machine: () => new SkipsClientFlush(), says: LOST_FLUSHED }] as const,
]);

/** For each scenario a defect that it must notice, and what it must say of it. */
export const DEFECTS: Readonly<Record<string, { readonly machine: () => Machine; readonly says: RegExp }>> = {
  'data-integrity': { machine: () => new LosesWrites(), says: /0\/5 markers verified/ },
  'remap-persistence': { machine: () => new ForgetsTable(), says: /0 of 5 remap entries restored/ },
  'metadata-absent': { machine: () => new ServesStaleData(), says: /no stale data/ },
  'metadata-late': { machine: () => new IgnoresLateModule(), says: /0 of 5 remaps persist/ },
  'reboot-reassembly': { machine: () => new ForgetsTable(), says: /0 of 5 remaps restored/ },
  'power-loss': {
    machine: () => new SkipsFlush(),
    says: /Power loss with seed \d+: sector \d+ .* was flushed/,
  },
  'corrupt-copies': { machine: () => new FormatsForeignSpares(), says: /the spare is refused: null/ },
  'many-remaps': { machine: () => new TruncatesTable(), says: /Reload 1: \d+ of \d+ remaps restored/ },
  'spare-full': { machine: () => new SwallowsErrors(), says: /refused with none/ },
  'failing-spare': { machine: () => new TrustsSpare(), says: /1280.*none of them is a failing one/ },
  'lost-spare': { machine: () => new ForgetsTable(), says: /does not hold its data/ },
  'intermittent-reads': { machine: () => new NeverRescues(), says: /0 of 5 sectors were rescued/ },
  'million-remaps': { machine: () => new TruncatesTable(), says: /remaps restored/ },
  soak: { machine: () => new DropsSomeWrites(), says: /holds version \d+, version \d+ was written/ },
  ...Object.fromEntries(MOUNTED_DEFECTS),
};
