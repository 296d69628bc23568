import assert from 'node:assert/strict';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import { VolumeReader } from '../../../../../src/engine/volume/volumeReader';
import { MemoryDevice } from '../../../../support/block/memoryDevice';
import { goldenImage } from '../../../../support/volume/ntfs/goldenImage';
import {
  DATA,
  FILE_NAME,
  nameValue,
  nonResident,
  reference,
  resident,
} from '../../../../support/volume/ntfs/ntfsAttributes';
import { NtfsImage } from '../../../../support/volume/ntfs/ntfsImage';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const CLUSTER = { clusterBytes: 4096 };
const ROOT = reference(5, 5);

describe('openNtfs with a large volume', () => {
  it('has files beyond 2^31 sectors where they are', async () => {
    const sectorCount = 2 ** 34;
    const last = 2 ** 31 - 5;
    const image = goldenImage();
    image.put(6, {
      attributes: [
        nonResident(
          DATA,
          [
            [3, 1],
            [null, 2 ** 16 - 1],
          ],
          CLUSTER,
        ),
      ],
    });
    image.file(
      40,
      'far',
      nonResident(
        DATA,
        [
          [last, 3],
          [21, 1],
          [last - 900, 2],
        ],
        CLUSTER,
      ),
    );
    const bytes = image.build();
    bytes.writeBigUInt64LE(BigInt(sectorCount), 0x28);
    const device = new MemoryDevice(sectorCount + 1);
    device.poke(0, bytes.subarray(0, 255 * 4096));
    device.poke(sectorCount, bytes.subarray(0, 512));
    // The golden image's own backup is now in the middle of a cluster, and must not count.
    const fileSystem = await openNtfs(new VolumeReader(device, 0, sectorCount + 1));
    const file = await fileSystem?.find('/far');
    assert.deepEqual(
      file?.parts.map(({ sector, fileSector, sectorCount }) => [sector, fileSector, sectorCount]),
      [
        [last * 8, 0, 24],
        [168, 24, 8],
        [(last - 900) * 8, 32, 16],
      ],
    );
    assert.equal(fileSystem?.sectorCount, sectorCount + 1);
    assert.deepEqual(await fileSystem?.structureAt(sectorCount), {
      what: 'backup-boot-sector',
      range: [sectorCount, 1],
    });
    assert.equal(await fileSystem?.structureAt(last * 8), null);
    assert.equal(await fileSystem?.allocationAt(last * 8), 'free');
    assert.equal(await fileSystem?.allocationAt(60 * 8), 'used');
  });

  it('reads little to open one with 100,000 records, and each record once to walk them', async () => {
    const recordCount = 100_000;
    const image = new NtfsImage({ clusterCount: 26_000, mftRuns: [[100, recordCount / 4]] });
    const table = nonResident(DATA, [[100, recordCount / 4]], CLUSTER);
    image.put(0, { attributes: [resident(FILE_NAME, nameValue(ROOT, '$MFT')), table] });
    image.file(16, 'first', nonResident(DATA, [[25_500, 1]], CLUSTER));
    const bytes = image.build();
    const first = image.placeOf(16);
    for (let record = 17; record < recordCount; record++) {
      const place = image.placeOf(record);
      bytes.copyWithin(place, first, first + 1024);
      bytes.writeUInt32LE(record, place + 0x2c);
    }
    const source = new BytesSource(bytes);
    const fileSystem = await openNtfs(source.reader());
    assert.ok(source.sectorsRead < 1000, `${source.sectorsRead} sectors to open it`);
    let files = 0;
    for await (const { id } of fileSystem!.files({ onDoubt: ({ reason }) => assert.fail(reason) })) {
      files++;
      if (id % 10_000 === 17) assert.deepEqual(await fileSystem!.pathsOf(id), ['/first']);
    }
    assert.ok(files > recordCount - 17);
    assert.ok(source.sectorsRead < recordCount * 2 + 3000, `${source.sectorsRead} sectors to walk it`);
  });
});
