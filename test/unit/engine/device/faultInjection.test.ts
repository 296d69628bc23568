import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { InjectOptions } from '../../../../src/engine/device/deviceContracts';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { deviceRig } from '../../../support/device/deviceRig';
import { readRun } from '../../../support/remap/targetRig';

describe('fault injection', () => {
  const rig = deviceRig();

  it('makes sectors of main bad, in the mapfile too', async () => {
    await rig.device.injectErrors({ sectors: [[100, 2]] });
    assert.deepEqual([...rig.stack.main.medium.badSectors], [[100, 2]]);
    assert.match(await readFile(mapfilePath(rig.spec.main), 'utf8'), /0x0000C800 {2}0x00000400 {2}-/);
  });

  it('makes sectors of the spare bad, until they are written', async () => {
    await rig.device.injectErrors({ sectors: [[2000, 1]], mode: 'dust', on: 'spare' });
    const { medium } = rig.spare();
    await assert.rejects(readRun(medium, 2000, 1), { code: 'EIO' });
    await medium.write(2000, new Uint8Array(512));
    assert.equal(medium.badSectors.sectorCount, 0);
  });

  it('takes the bad sectors of a list', async () => {
    const list = join(dirname(rig.spec.main), 'bad.map');
    await writeFile(list, '0x0 + 1\n0x0 0x200 -\n0x200 0x9FFE00 +\n');
    await rig.device.injectErrors({ mapfile: list });
    assert.deepEqual([...rig.stack.main.medium.badSectors], [[0, 1]]);
  });

  const listFile = async (text: string) => {
    const path = join(dirname(rig.spec.main), 'list.txt');
    await writeFile(path, text);
    return path;
  };

  it('takes the numbers of a list in the unit that is asked for, and in that of badblocks without', async () => {
    const mapfile = await listFile('10\n');
    assert.deepEqual(await rig.device.injectErrors({ mapfile, blockSize: 4096 }), {
      sectors: 8,
      flakey: null,
      hints: [],
    });
    assert.deepEqual([...rig.stack.main.medium.badSectors], [[80, 8]]);
    await rig.device.clearErrors();
    await rig.device.injectErrors({ mapfile });
    assert.deepEqual([...rig.stack.main.medium.badSectors], [[20, 2]]);
    await assert.rejects(rig.device.injectErrors({ mapfile, blockSize: 700 }), { code: 'EINVAL' });
  });

  it('takes what listbadblocks answered in the sectors that it meant', async () => {
    const { device, stack } = rig;
    await device.injectErrors({ sectors: [[60, 3]] });
    const before = [...stack.main.medium.badSectors];
    const mapfile = await listFile(await device.message('ListBadBlocks'));
    await device.clearErrors();
    assert.equal((await device.blockSizesOf(mapfile))![0], 512);
    await device.injectErrors({ mapfile });
    assert.deepEqual([...stack.main.medium.badSectors], before);
    assert.equal(await device.message('listbadblocks'), '60\n61\n62\n');
  });

  it('says likely sizes for a list, and none for a file that has its own', async () => {
    assert.deepEqual(await rig.device.blockSizesOf(await listFile('10\n')), [1024, 512, 4096]);
    assert.deepEqual(await rig.device.blockSizesOf(await listFile('4000\n'), 'spare'), [1024, 512]);
    assert.equal(await rig.device.blockSizesOf(await listFile('0 9 error\n')), null);
  });

  it('takes the layer of a table, and says that nothing in it is bad', async () => {
    const mapfile = await listFile('0 20480 flakey 252:0 0 0 1 1 error_reads\n');
    const { sectors, flakey, hints } = await rig.device.injectErrors({ mapfile });
    assert.deepEqual([sectors, flakey, hints.length], [0, '0 1 1 error_reads', 1]);
    assert.equal(rig.device.flakeyTable, '0 1 1 error_reads');
    for (const wrong of [{ on: 'spare' }, { flakey: '1 1' }] as const) {
      await assert.rejects(rig.device.injectErrors({ mapfile, ...wrong }), { code: 'EINVAL' });
    }
    assert.deepEqual(await rig.device.injectErrors({ mapfile: await listFile('') }), {
      sectors: 0,
      flakey: null,
      hints: [],
    });
  });

  it('counts each sector once', async () => {
    const sectors: InjectOptions['sectors'] = [
      [100, 4],
      [102, 4],
    ];
    assert.equal((await rig.device.injectErrors({ sectors })).sectors, 6);
  });

  it('loads a flakey table, and makes all of it healthy again', async () => {
    await rig.device.injectErrors({ sectors: [[100, 1]], flakey: '0 1 1 error_reads' });
    await rig.device.injectErrors({ sectors: [[2000, 1]], on: 'spare' });
    await rig.device.message('disable');
    assert.equal(rig.device.flakeyTable, '0 1 1 error_reads');
    await rig.device.clearErrors();
    const { flakey, badSectors } = rig.device.info();
    assert.deepEqual([flakey, badSectors, rig.stack.main.medium.enabled], [null, 0, true]);
  });

  it('lets one read of a sector fail', async () => {
    await rig.device.failNextRead([100, 200]);
    const { medium } = rig.stack.main;
    for (const sector of [100, 200]) {
      await assert.rejects(readRun(medium, sector, 1), { code: 'EIO' });
      await readRun(medium, sector, 1);
    }
  });

  it('changes nothing when something is wrong', async () => {
    const wrong: InjectOptions[] = [
      { sectors: [[100, 1]], flakey: '0 0' },
      { sectors: [[20_480, 1]] },
      { sectors: [[100, 1]], flakey: '0 1', on: 'spare' },
      { sectors: [[100, 1]], on: 'loop' as 'main' },
      { sectors: [[100, 1]], mapfile: rig.spec.spares[0]! },
    ];
    for (const options of wrong) await assert.rejects(rig.device.injectErrors(options), { code: 'EINVAL' });
    const { flakey, badSectors } = rig.device.info();
    assert.deepEqual([flakey, badSectors], [null, 0]);
  });

  describe('where it can not be saved', () => {
    beforeEach(async () => {
      await rig.device.injectErrors({ sectors: [[5, 1]], flakey: '1 0', mode: 'dust' });
      await rename(mapfilePath(rig.spec.main), `${mapfilePath(rig.spec.main)}.away`);
      await mkdir(mapfilePath(rig.spec.main));
    });

    afterEach(async () => {
      await rmdir(mapfilePath(rig.spec.main));
      await rename(`${mapfilePath(rig.spec.main)}.away`, mapfilePath(rig.spec.main));
    });

    it('changes nothing: neither sectors nor the flakey layer', async () => {
      const { device } = rig;
      // Copies of the metadata that the last commit left for later are written meanwhile.
      const state = () => ({ ...device.info(), metadata: null });
      const before = state();
      for (const change of [
        () => device.injectErrors({ sectors: [[100, 2]], flakey: '0 1 1 error_reads' }),
        () => device.failNextRead([7]),
        () => device.clearErrors(),
        () => device.clearErrors('injected'),
        () => device.message('addbadblock 60'),
        () => device.message('removebadblock 5'),
        () => device.message('clearbadblocks'),
        () => device.message('disable'),
        () => device.message('quiet'),
      ]) {
        await assert.rejects(change(), { code: 'EINVAL' });
        assert.deepEqual(state(), before);
        const { badSectors, enabled, quiet } = rig.stack.main.medium;
        assert.deepEqual([[...badSectors], enabled, quiet], [[[5, 1]], true, false]);
      }
    });

    it('clears no other disk either', async () => {
      await rig.device.injectErrors({ sectors: [[2000, 1]], on: 'spare' });
      const map = await readFile(mapfilePath(rig.spec.spares[0]!), 'utf8');
      await assert.rejects(rig.device.clearErrors(), { code: 'EINVAL' });
      assert.equal(await readFile(mapfilePath(rig.spec.spares[0]!), 'utf8'), map);
      assert.equal(rig.spare().medium.badSectors.sectorCount, 1);
    });
  });

  it('clears no disk where the map of the last can not take the place of the old one', async () => {
    await rig.device.injectErrors({ sectors: [[5, 1]] });
    await rig.device.injectErrors({ sectors: [[2000, 1]], on: 'spare' });
    const maps = [rig.spec.main, rig.spec.spares[0]!].map(mapfilePath);
    const before = await readFile(maps[0]!, 'utf8');
    const spare = rig.spare();
    const { prepareEdit } = spare;
    spare.prepareEdit = async (build) => {
      const edit = await prepareEdit.call(spare, build);
      await rename(maps[1]!, `${maps[1]}.away`);
      await mkdir(maps[1]!);
      return edit;
    };
    await assert.rejects(rig.device.clearErrors(), { code: 'EINVAL' });
    assert.equal(await readFile(maps[0]!, 'utf8'), before);
    assert.deepEqual([...rig.stack.main.medium.badSectors], [[5, 1]]);
    assert.deepEqual([...spare.medium.badSectors], [[2000, 1]]);
    await rmdir(maps[1]!);
    await rename(`${maps[1]}.away`, maps[1]!);
  });

  it('makes no map when only the flakey layer is loaded', async () => {
    await rig.device.injectErrors({ flakey: '0 1' });
    await rig.device.clearErrors();
    await assert.rejects(readFile(mapfilePath(rig.spec.main)), { code: 'ENOENT' });
  });

  describe('over a map of another program', () => {
    const MAP = '0x0 + 1\n0 51200 +\n51200 512 -\n51712 1024 ?\n52736 20000000 +\n';

    beforeEach(async () => {
      await rig.device.close();
      await writeFile(mapfilePath(rig.spec.main), MAP);
      await rig.assemble();
      await rig.device.injectErrors({
        sectors: [
          [10, 1],
          [101, 1],
        ],
      });
    });

    it('is told apart from what was found', async () => {
      const map = mapfilePath(rig.spec.main);
      const { badSectors, notRescued, findings } = rig.device.info();
      assert.deepEqual([badSectors, notRescued, findings], [3, 1, [{ map, sectors: 3 }]]);
      await rig.reassemble();
      assert.deepEqual(rig.device.info().findings, [{ map, sectors: 3 }]);
      assert.deepEqual(await rig.device.clearErrors('injected'), []);
      assert.deepEqual([rig.device.info().badSectors, rig.device.info().notRescued], [1, 2]);
    });

    it('is cleared with all else, and the map kept as it was', async () => {
      const map = mapfilePath(rig.spec.main);
      const before = await readFile(map, 'utf8');
      assert.deepEqual(await rig.device.clearErrors(), [`${map}.bak`]);
      assert.equal(await readFile(`${map}.bak`, 'utf8'), before);
      const { badSectors, notRescued, findings } = rig.device.info();
      assert.deepEqual([badSectors, notRescued, findings], [0, 0, undefined]);
    });

    it('says of a map of another size so', () => {
      assert.match(
        rig.device.info().notes![0]!,
        /main\.img\.map: the map is 9566976 bytes longer than the image/,
      );
    });

    it('takes over what the program goes on to find', async () => {
      rig.events.length = 0;
      await writeFile(mapfilePath(rig.spec.main), MAP.replace('?', '+'));
      await rig.device.rereadMaps();
      assert.equal(rig.device.info().notRescued, 0);
      assert.ok(rig.events.some(({ kind }) => kind === 'sectors'));
      await rig.device.rereadMaps();
    });

    it('takes over by itself what the program finds, wherever the map is', async () => {
      await rig.device.close();
      const map = `${rig.spec.main}.rescue.txt`;
      await writeFile(map, MAP);
      rig.spec = { ...rig.spec, map };
      await rig.assemble();
      assert.equal(rig.device.info().notRescued, 2);
      rig.events.length = 0;
      await writeFile(map, MAP.replace('?', '+'));
      for (let i = 0; i < 100 && rig.device.info().notRescued > 0; i++) await wait(50);
      assert.equal(rig.device.info().notRescued, 0);
      assert.ok(rig.events.some(({ kind }) => kind === 'sectors'));
    });
  });

  it('clears some sectors of one disk, and leaves all others and the flakey layer as they are', async () => {
    const { device, stack } = rig;
    await device.injectErrors({ sectors: [[100, 10]], flakey: '0 1 1 error_reads' });
    await device.injectErrors({ sectors: [[2000, 4]], on: 'spare' });
    assert.deepEqual(await device.clearErrors({ disk: 'main', sectors: [[102, 3]] }), []);
    await device.clearErrors({ disk: 0, sectors: [[2000, 4]] });
    assert.deepEqual(
      [...stack.main.medium.badSectors],
      [
        [100, 2],
        [105, 5],
      ],
    );
    assert.equal(rig.spare().medium.badSectors.sectorCount, 0);
    assert.equal(device.flakeyTable, '0 1 1 error_reads');
    await assert.rejects(device.clearErrors({ disk: 3, sectors: [[0, 1]] }), { code: 'ENOENT' });
    await assert.rejects(device.clearErrors({ disk: 'main', sectors: [[20_479, 2]] }), { code: 'EINVAL' });
  });

  it('R14: keeps the map when it clears a part that another program found', async () => {
    await rig.device.close();
    await writeFile(mapfilePath(rig.spec.main), '0x0 ? 1\n0x0 0x400 -\n0x400 0x9FFC00 +\n');
    await rig.assemble();
    const [kept, ...others] = await rig.device.clearErrors({ disk: 'main', sectors: [[0, 1]] });
    assert.deepEqual(others, []);
    assert.match(await readFile(kept!, 'utf8'), /0x0 0x400 -/);
    assert.deepEqual([...rig.stack.main.medium.badSectors], [[1, 1]]);
  });
});
