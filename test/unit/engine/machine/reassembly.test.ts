import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImages, type DeviceSpec, findDevices, Machine } from '../../../../src/engine';

async function images(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.img')).map((name) => join(folder, name));
}

describe('Reassembly from the images alone', () => {
  let folder: string;
  let machine: Machine;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'remap-reassembly-'));
    machine = new Machine();
  });

  afterEach(async () => {
    await machine.close();
    await rm(folder, { recursive: true });
  });

  function specOf(name: string): DeviceSpec {
    return {
      name,
      deviceFile: null,
      main: join(folder, `${name}.img`),
      spares: [join(folder, `${name}-spare.img`)],
      flakey: null,
      markers: { sectors: [1000, 2000], text: `${name}_{sector}` },
    };
  }

  async function makeDevice(name: string): Promise<void> {
    const spec = specOf(name);
    await createImages({
      main: spec.main,
      mainSectors: 100_000,
      spare: spec.spares[0]!,
      spareSectors: 20_000,
    });
    const device = await machine.create(spec);
    await device.writeMarkers();
    await machine.remove(name);
  }

  it('tells the mains of two devices of one size apart, also after moves and renames', async () => {
    await makeDevice('a');
    await makeDevice('b');
    await rename(join(folder, 'a.img'), join(folder, 'z.img'));
    await rename(join(folder, 'b-spare.img'), join(folder, '0.img'));
    const { found, problems } = await findDevices(await images(folder));
    assert.deepEqual(problems, []);
    const pairs = found.map(({ name, main, spares }) => [name, main, spares]);
    assert.deepEqual(
      pairs.sort((x, y) => String(x[0]).localeCompare(String(y[0]))),
      [
        ['b', join(folder, 'b.img'), [join(folder, '0.img')]],
        ['z', join(folder, 'z.img'), [join(folder, 'a-spare.img')]],
      ],
    );
  });

  it('names both mains when two fit', async () => {
    await makeDevice('a');
    await copyFile(join(folder, 'a.img'), join(folder, 'copy.img'));
    const { found, problems } = await findDevices(await images(folder));
    assert.deepEqual(found, []);
    assert.equal(problems[0]!.error.code, 'EINVAL');
    assert.match(problems[0]!.error.message, /a\.img and .*copy\.img both fit/);
  });

  it('takes no spare where those of two devices fit one main: blank mains look alike', async () => {
    for (const name of ['a', 'b', 'c']) {
      const { main, spares } = specOf(name);
      await createImages({
        main,
        mainSectors: name === 'c' ? 90_000 : 100_000,
        spare: spares[0]!,
        spareSectors: 20_000,
      });
      await machine.create(specOf(name));
      await machine.remove(name);
    }
    await rm(join(folder, 'b.img'));
    const { found, problems } = await findDevices(await images(folder));
    assert.deepEqual(
      found.map(({ name }) => name),
      ['c'],
    );
    assert.deepEqual(problems.map(({ spare, error }) => [spare, error.code]).sort(), [
      [join(folder, 'a-spare.img'), 'EINVAL'],
      [join(folder, 'b-spare.img'), 'EINVAL'],
    ]);
    assert.match(
      problems[0]!.error.message,
      /fits .*a\.img, and so does .*-spare\.img: move the wrong one away/,
    );
  });

  it('says the size of a main that has gone', async () => {
    await makeDevice('a');
    await rm(join(folder, 'a.img'));
    const { found, problems } = await findDevices(await images(folder));
    assert.deepEqual(found, []);
    assert.equal(problems[0]!.error.code, 'ENOENT');
    assert.match(problems[0]!.error.message, /main image of 100000 sectors that isn't here/);
  });

  it('passes over a container of the size of the main', async () => {
    await makeDevice('a');
    await rename(join(folder, 'a.img'), join(folder, 'away'));
    const { size } = await stat(join(folder, 'away'));
    await writeFile(join(folder, 'packed.img'), 'QFI\xfb\0\0\0\x03', 'latin1');
    await truncate(join(folder, 'packed.img'), size);
    const { found, problems } = await findDevices(await images(folder));
    assert.deepEqual([found.length, problems.map(({ error }) => error.code)], [0, ['ENOENT']]);
  });

  it('keeps what fits through a power loss', async () => {
    await makeDevice('a');
    const device = await machine.create(specOf('a'));
    await device.injectErrors({ sectors: [[1000, 1]] });
    await device.writeMarkers({ text: 'new_{sector}' });
    let reassembled = 0;
    const { after } = await machine.reboot({
      powerLoss: true,
      seed: 1,
      reassemble: async () => {
        const { found } = await findDevices(await images(folder));
        reassembled = found.length;
        const [first] = found;
        await machine.create({ ...specOf('a'), main: first!.main, spares: [first!.spares[0]!] });
      },
    });
    assert.equal(reassembled, 1);
    assert.equal(after[0]!.remaps, 1);
    const verdict = await machine.device('a')!.verifyMarkers({ text: 'new_{sector}' });
    assert.equal(verdict.verified, 2);
  });
});
