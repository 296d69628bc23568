import assert from 'node:assert/strict';
import { BUILT_IN } from '../../../src/structure/catalog';
import { type Extent, findStructures } from '../../../src/structure/findStructures';
import { recordedSpare } from '../../support/fixtures';
import { structureDisk } from '../../support/structureDisk';
import { structureSample } from '../../support/structureSamples';

async function placesOn(bytes: Uint8Array, extents: readonly Extent[] = [], bad: number[] = []) {
  const whole = { first: 0, count: bytes.length / 512 };
  const found = await findStructures(structureDisk(bytes, 0, bad), [whole, ...extents], BUILT_IN);
  return found.map(({ name, byteOffset }) => `${byteOffset / 512} ${name}`);
}

describe('the structures of a disk', () => {
  it('of a disk with partitions: tables, their backup, and what is on each volume', async function () {
    const bytes = recordedSpare(this, 'filesystems/gpt3');
    const volumes = [
      { first: 2048, count: 49_152 },
      { first: 53_248, count: 40_960 },
      { first: 98_304, count: 24_576 },
    ];
    assert.deepEqual(await placesOn(bytes, volumes), [
      '0 Master boot record',
      '1 GPT header',
      '2048 FAT boot sector',
      '53250 ext2/3/4 superblock',
      '69634 ext2/3/4 superblock',
      '98304 exFAT boot sector',
      '98316 exFAT boot sector',
      '126975 GPT header',
    ]);
  });

  it('of a spare: its five copies', async function () {
    const copies = [0, 256, 512, 768, 1024].map((sector) => `${sector} dm-remap v4 metadata copy`);
    assert.deepEqual(await placesOn(recordedSpare(this, 'spare-3-remaps')), copies);
  });

  it('at all usual places, each once, and those that can be read where others can’t', async () => {
    const bytes = Buffer.alloc(40_000 * 512);
    const ext = structureSample('ext4').bytes;
    for (const sector of [2, 16_386, 39_808]) bytes.set(ext.subarray(0, 1024), sector * 512);
    bytes.set(structureSample('btrfs').bytes, 128 * 512);
    bytes.set(structureSample('swap').bytes, 39_984 * 512);
    const volume = { first: 16_384, count: 20_000 };
    assert.deepEqual(await placesOn(bytes, [volume, volume], [2]), [
      '128 btrfs superblock',
      '16386 ext2/3/4 superblock',
      '39808 ext2/3/4 superblock',
      '39984 Linux swap header',
    ]);
  });

  it('of an empty disk: none, and progress is told', async () => {
    const told: number[] = [];
    const disk = structureDisk(new Uint8Array(20_000 * 512));
    const found = await findStructures(disk, [{ first: 0, count: 20_000 }], BUILT_IN, (done) =>
      told.push(done),
    );
    assert.deepEqual(found, []);
    assert.ok(told.length > 10 && told.every((done, i) => done < 1 && done >= (told[i - 1] ?? 0)));
    assert.deepEqual(
      await findStructures(structureDisk(new Uint8Array(0)), [{ first: 0, count: 0 }], BUILT_IN),
      [],
    );
  });
});
