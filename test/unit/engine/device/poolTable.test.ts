import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createImage, createImages, type DeviceSpec, Machine } from '../../../../src/engine';
import { KernelLog } from '../../../../src/engine/device/kernelLog';
import { planPool } from '../../../../src/engine/device/poolPlan';
import { loadTable } from '../../../../src/engine/device/poolTable';
import type { RemapDevice } from '../../../../src/engine/device/remapDevice';
import type { MetadataStore } from '../../../../src/engine/metadata/metadataStore';
import type { PoolEntry } from '../../../../src/engine/remap/poolEntry';
import { encodePoolIdentity } from '../../../../src/engine/remap/poolIdentity';
import { RemapTable } from '../../../../src/engine/remap/remapTable';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { recordedSpare } from '../../../support/fixtures';
import { addAsKernel } from '../../../support/metadata/poolSpares';
import { formatted, openStore } from '../../../support/metadata/spares';
import { kernelView } from '../../../support/proof/kernelView';
import { FIRST_STAMP, poolEntry } from '../../../support/remap/poolRig';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

const MAIN_SECTORS = 40_000;
const RECORDED_MAIN_SECTORS = 48_000;
const FIRST_ROOM = 20;

describe('a pool, one spare of which was given to a kernel (R16)', () => {
  const folder = tempFolder();
  const path = (name: string) => folder.path(name);
  let machine: Machine;
  let spec: DeviceSpec;

  beforeEach(() => {
    machine = new Machine();
    spec = {
      name: 'disk',
      deviceFile: null,
      main: path('disk.img'),
      spares: [path('a.img'), path('b.img')],
      flakey: null,
      markers: { sectors: [1000], text: 'm_{sector}' },
    };
  });

  afterEach(() => machine.close());

  /** 30 remaps: 1000 to 1019 on the first spare, which is full then, the others on the second. */
  async function makePool(): Promise<void> {
    const { main, spares } = spec;
    await createImages({
      main,
      mainSectors: MAIN_SECTORS,
      spare: spares[0]!,
      spareSectors: 1280 + FIRST_ROOM,
    });
    await createImage(spares[1]!, 4000);
    const device = await machine.create({ ...spec, spares: [spares[0]!] });
    await machine.addSpare('disk', spares[1]!);
    await device.injectErrors({ sectors: [[1000, 60]] });
    await device.write(1000, taggedRun(1000, 30, 1));
    await machine.remove('disk');
  }

  /** Lets a kernel add remaps to a spare, and write a payload to the place of each. */
  async function useAsKernel(
    spare: number,
    remaps: readonly (readonly [original: number, spare: number])[],
  ): Promise<void> {
    const bytes = await readFile(spec.spares[spare]!);
    const disk = new MemoryDevice(bytes.length / 512);
    disk.poke(0, bytes);
    addAsKernel(disk, remaps);
    for (const [original, at] of remaps) if (at < disk.sectorCount) disk.poke(at, taggedSector(original, 9));
    const after = new Uint8Array(bytes.length);
    disk.peek(0, after);
    await writeFile(spec.spares[spare]!, after);
  }

  async function forKernel(spare: number): Promise<[number, number][]> {
    const bytes = await readFile(spec.spares[spare]!);
    const disk = new MemoryDevice(bytes.length / 512);
    disk.poke(0, bytes);
    const { remaps } = await kernelView(disk, Math.floor(Date.now() / 1000));
    return remaps.map(([original, at]) => [Number(original), Number(at)]);
  }

  const stateOf = (device: RemapDevice, sector: number) =>
    device.listRemaps().remaps.find(({ original }) => original === sector)?.state;

  it('serves the kernel what lives on the spare, and nothing else', async () => {
    await makePool();
    const places = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => [from + i, 1280 + i]);
    assert.deepEqual(await forKernel(0), places(1000, 20));
    assert.deepEqual(await forKernel(1), places(1020, 10));
    const device = await machine.create(spec);
    assert.deepEqual(device.reasons, []);
    assert.deepEqual((await device.read(1000, 30)).bytes, taggedRun(1000, 30, 1));
  });

  it('takes over what the kernel remapped, and says so', async () => {
    await makePool();
    await useAsKernel(1, [[2000, 3000]]);
    const device = await machine.create(spec);
    assert.match(device.reasons.join(), /given spare 1 alone, changed its remaps: 1 remap of its own/);
    assert.deepEqual((await device.read(2000, 1)).bytes, taggedSector(2000, 9));
    await machine.remove('disk');
    assert.deepEqual((await forKernel(1)).at(-1), [2000, 3000]);
    assert.deepEqual((await machine.create(spec)).reasons, [], 'it is settled');
    assert.equal(machine.device('disk')!.info().remaps, 31);
  });

  for (const [spare, sector, place] of [
    [0, 1025, 1285],
    [1, 1005, 1285],
  ] as const) {
    it(`R3: fails sectors of which spare ${spare} has other data than the one where they live, until they are written`, async () => {
      await makePool();
      await useAsKernel(spare, [[sector, place]]);
      const overwritten = 1000 + (spare === 0 ? 5 : 25);
      for (let assembly = 0; assembly < 2; assembly++) {
        const device = await machine.create(spec);
        const { failed } = await device.read(1000, 30);
        assert.deepEqual(
          failed,
          [sector, overwritten].sort().map((each) => [each, 1]),
        );
        assert.match(device.reasons.join(), /2 sectors \(1005, 1025\) can't be read until they are written/);
        assert.equal(stateOf(device, sector), 'disputed');
        assert.equal(device.info().state, 'degraded');
        await machine.remove('disk');
      }
      assert.ok(!(await forKernel(spare)).some(([original]) => original === sector));
      const device = await machine.create(spec);
      for (const each of [sector, overwritten]) await device.write(each, taggedSector(each, 2));
      assert.deepEqual(device.reasons, []);
      assert.equal(stateOf(device, sector), 'active');
      await machine.remove('disk');
      const { bytes, failed } = await (await machine.create(spec)).read(sector, 1);
      assert.deepEqual([bytes, failed], [taggedSector(sector, 2), []]);
    });
  }

  it('leaves disputed sectors alone in a relocation', async () => {
    await makePool();
    await useAsKernel(0, [
      [1025, 1285],
      [2000, 5],
    ]);
    const device = await machine.create(spec);
    assert.equal(device.info().state, 'readonly');
    const { relocated, lost } = await device.relocate();
    assert.deepEqual([relocated + lost.length, lost.includes(1025)], [1, false]);
    assert.equal(stateOf(device, 1025), 'disputed');
    await machine.remove('disk');
    const again = await machine.create(spec);
    assert.deepEqual((await again.read(1000, 30)).failed, [
      [1005, 1],
      [1025, 1],
    ]);
    assert.deepEqual((await again.read(1000, 5)).bytes, taggedRun(1000, 5, 1));
  });

  it('says what it does not use of a spare that has missed commits too', async () => {
    await makePool();
    await rename(spec.spares[1]!, path('away.img'));
    await (await machine.create(spec)).write(5, taggedSector(5, 1));
    await machine.remove('disk');
    await rename(path('away.img'), spec.spares[1]!);
    await useAsKernel(1, [[2000, 3000]]);
    const device = await machine.create(spec);
    assert.match(device.reasons.join(), /given spare 1 alone.*not used, since the pool was used without/);
    assert.deepEqual((await device.read(2000, 1)).bytes, new Uint8Array(512));
    assert.deepEqual((await device.read(1000, 30)).bytes, taggedRun(1000, 30, 1));
  });

  it('is not assembled from a spare whose entries for the others the kernel has written over', async () => {
    await makePool();
    const adding = Array.from({ length: 2019 }, (_, i) => [3000 + i, 1280] as const);
    await useAsKernel(0, adding);
    await rename(spec.spares[1]!, path('away.img'));
    await assert.rejects(machine.create(spec), { code: 'ENOENT', message: /not complete/ });
  });

  it('has its script say what the kernel will not see', async () => {
    await makePool();
    const script = (await machine.create(spec)).shellScript();
    assert.match(
      script,
      /^# The kernel takes one spare: what lives on the other spare of the pool is left out\./m,
    );
    assert.match(script, /It serves main for 10 sectors \(1020-1029\)/);
  });

  describe('in its old form', () => {
    /** What the real module left of a pool whose first spare alone it was given. */
    async function recordedPool(context: Mocha.Context): Promise<void> {
      await writeFile(spec.spares[0]!, recordedSpare(context, join('kernel', 'x-f-pool-spare')));
      await writeFile(spec.spares[1]!, recordedSpare(context, join('kernel', 'x-f-pool-second')));
      await createImage(spec.main, RECORDED_MAIN_SECTORS);
    }

    it('opens, says what the kernel did and which data may be mixed up, and is right for a kernel from then on', async function () {
      await recordedPool(this);
      const device = await machine.create(spec);
      const reasons = device.reasons.join('\n');
      assert.match(reasons, /given spare 0 alone, changed its remaps: 1 remap of its own/);
      assert.match(reasons, /380 sectors \(1000 to 1379\) may hold another sector's data/);
      const { bytes, failed } = await device.read(1380, 620);
      assert.deepEqual(failed, []);
      for (let sector = 1380; sector < 2000; sector++) {
        const text = Buffer.from(bytes.subarray((sector - 1380) * 512)).toString('latin1', 0, 7);
        assert.equal(text, `P ${sector} `);
      }
      await device.injectErrors({ sectors: [[3000, 1]] });
      await device.write(3000, taggedSector(3000, 1));
      await machine.remove('disk');
      const [first, second] = [await forKernel(0), await forKernel(1)];
      assert.ok(first.every(([original]) => original < 1620 || original === 150_000));
      assert.deepEqual(
        second.map(([original]) => original),
        [...Array.from({ length: 380 }, (_, i) => 1620 + i), 3000],
      );
      const { remaps } = (await machine.create(spec)).info();
      assert.equal(remaps, 1002);
    });

    it('says what the kernel did also when the spare to compare with is missing', async function () {
      await recordedPool(this);
      await rename(spec.spares[1]!, path('away.img'));
      const device = await machine.create(spec);
      assert.match(device.reasons.join(), /given spare 0 alone, changed its remaps: 1 remap of its own/);
      assert.deepEqual((await device.read(1600, 400)).failed, [[1620, 380]]);
    });

    it('serves no old data of main for sectors on a spare that is missing', async function () {
      await recordedPool(this);
      await machine.create(spec);
      await machine.remove('disk');
      await rename(spec.spares[1]!, path('away.img'));
      const device = await machine.create(spec);
      assert.deepEqual((await device.read(1600, 400)).failed, [[1620, 380]]);
    });
  });
});

describe('the slots of a pool', () => {
  it('are made the same on all spares when one has another order in its large table', async () => {
    const list = Array.from({ length: 2049 }, (_, i) => poolEntry(1000 + i, 1280 + i));
    const kept = list.slice(0, 100);
    const spares = [await formatted(16_384), await formatted(16_384)] as const;
    const commit = (store: MetadataStore, index: number, entries: readonly PoolEntry[]) =>
      store.commit({
        changed: entries.map((entry, slot) => ({ slot, entry })),
        entryCount: entries.length,
        entryAt: (slot) => entries[slot]!,
        nextSpare: 4000,
        pool: encodePoolIdentity({ ...FIRST_STAMP, index, count: 2, present: [0, 1] }),
      });
    await commit(await openStore(spares[0]), 0, kept.toReversed());
    const second = await openStore(spares[1], { memberIndex: 1 });
    await commit(second, 1, list);
    await commit(second, 1, kept);
    const load = async () => {
      const stores = [
        await openStore(spares[0].fork()),
        await openStore(spares[1].fork(), { memberIndex: 1 }),
      ];
      const table = new RemapTable();
      const { isChanged } = await loadTable(stores, planPool(stores), table, new KernelLog(() => undefined));
      return { isChanged, table };
    };
    const { isChanged, table } = await load();
    assert.equal(isChanged, true);
    const entries = Array.from({ length: table.slotCount }, (_, slot) => table.entryAt(slot));
    assert.deepEqual(entries, kept.toReversed());
    await commit(second, 1, entries);
    assert.equal((await load()).isChanged, false, 'superseded records count for nothing');
  });
});
