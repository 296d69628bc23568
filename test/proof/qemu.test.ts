import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../src/engine/block/image';
import { MediumErrors } from '../../src/engine/block/mediumErrors';
import { randomInteger, seededRandom } from '../../src/engine/block/random';
import { constructTarget } from '../../src/engine/device/construct';
import { KernelLog } from '../../src/engine/device/kernelLog';
import { formatMetadata } from '../../src/engine/metadata/formatMetadata';
import type { RemapTarget } from '../../src/engine/remap/remapTarget';
import { needJudge } from '../support/judges';
import { mappingOf, mappingOnDisk } from '../support/proof/diskTable';
import { CountingObserver } from '../support/proof/stackRig';
import { ManualClock, readRun, taggedRun } from '../support/remap/targetRig';
import { tempFolder } from '../support/tempFolder';

const MAIN_SECTORS = 20_480;
const SPARE_SECTORS = 4096;
const BAD_RUNS = 60;

const clock = new ManualClock();

/** qemu assembles the same device from the images and the remap table alone, and reads what the target reads. */
describe('qemu-img as judge of the remap table (R1, R2, B5)', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  before(function () {
    needJudge(this, 'qemu-img');
  });

  it('finds the content of the device in main and spare, where the table says', async () => {
    await makeDevice(folder.path('main.img'), folder.path('spare.img'), folder.path('device.img'));
    const spare = await openImage(folder.path('spare.img'), { readOnly: true });
    const mapping = await mappingOnDisk(spare, MAIN_SECTORS);
    await spare.close();
    assert.ok(mapping.size > BAD_RUNS, `only ${mapping.size} remaps`);
    writeFileSync(folder.path('device.vmdk'), vmdkOf(mapping));
    assert.deepEqual(compare(), { status: 0, stdout: 'Images are identical.\n' });
    const [sector] = mapping.keys();
    const device = await openImage(folder.path('device.img'));
    await device.write(sector!, new Uint8Array(SECTOR_SIZE).fill(1));
    await device.close();
    const { status, stdout } = compare();
    assert.equal(status, 1);
    assert.match(stdout, new RegExp(`^Content mismatch at offset ${sector! * SECTOR_SIZE}!`));
  });

  function compare(): { status: number | null; stdout: string } {
    const files = [folder.path('device.vmdk'), folder.path('device.img')];
    const { status, stdout, stderr } = spawnSync(
      'qemu-img',
      ['compare', '-f', 'vmdk', '-F', 'raw', ...files],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(stderr, '');
    return { status, stdout };
  }
});

/** A device that was written everywhere while sectors failed, and its content as the target reads it. */
async function makeDevice(mainPath: string, sparePath: string, contentPath: string): Promise<void> {
  await createImage(mainPath, MAIN_SECTORS);
  await createImage(sparePath, SPARE_SECTORS);
  const [main, spare] = [await openImage(mainPath), await openImage(sparePath)];
  await formatMetadata(spare, { mainSectorCount: MAIN_SECTORS, clock });
  const medium = new MediumErrors(main);
  const target = await construct(medium, spare);
  const random = seededRandom(5);
  for (let version = 1; version <= BAD_RUNS; version++) {
    const first = randomInteger(random, MAIN_SECTORS - 64);
    medium.inject([[first + randomInteger(random, 32), 1 + randomInteger(random, 8)]], { mode: 'error' });
    await target.write(first, taggedRun(first, 64, version));
  }
  const content = await readRun(target, 0, MAIN_SECTORS);
  assert.ok(mappingOf(target.table).size > 0);
  await target.close();
  await Promise.all([medium.close(), spare.close()]);
  writeFileSync(contentPath, content);
}

async function construct(
  main: MediumErrors,
  spare: Awaited<ReturnType<typeof openImage>>,
): Promise<RemapTarget> {
  const options = {
    persistent: true,
    clock,
    observer: new CountingObserver(),
    log: new KernelLog(() => undefined),
  };
  return (await constructTarget({ main, spares: [spare] }, options)).target;
}

/** The remap table in the words of VMware's disk descriptor, which knows nothing of remaps but extents. */
function vmdkOf(mapping: ReadonlyMap<number, number>): string {
  const lines: string[] = [];
  let at = 0;
  for (const [original, spare] of [...mapping].sort((a, b) => a[0] - b[0])) {
    if (original > at) lines.push(`RW ${original - at} FLAT "main.img" ${at}`);
    lines.push(`RW 1 FLAT "spare.img" ${spare}`);
    at = original + 1;
  }
  if (at < MAIN_SECTORS) lines.push(`RW ${MAIN_SECTORS - at} FLAT "main.img" ${at}`);
  const header = ['# Disk DescriptorFile', 'version=1', 'CID=fffffffe', 'parentCID=ffffffff'];
  return [...header, 'createType="twoGbMaxExtentFlat"', '# Extents', ...lines, ''].join('\n');
}
