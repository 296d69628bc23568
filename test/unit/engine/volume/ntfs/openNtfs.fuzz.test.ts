import assert from 'node:assert/strict';
import { type Random, randomInteger, seededRandom } from '../../../../../src/engine/block/random';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import type { FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { UnreadableError } from '../../../../../src/engine/volume/volumeReader';
import { fuzzRuns } from '../../../../support/fuzzRuns';
import { MemoryBound } from '../../../../support/volume/memory';
import { GOLDEN, goldenImage } from '../../../../support/volume/ntfs/goldenImage';
import type { NtfsImage } from '../../../../support/volume/ntfs/ntfsImage';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const FIRST_SEED = (Number(process.env.REMAP_FUZZ_SEED) || 1) * 1_000_000;
/** More than a mutated image of this size can rightly need: a walk that doesn't end would go beyond. */
const MOST_ITEMS = 50_000;
/** Bytes of records, blocks and boot sectors that are mutated. */
const INTERESTING = [0, 1, 2, 3, 0x7f, 0x80, 0xff];

describe('openNtfs with mutated images', () => {
  it('ends, within bounds, and throws nothing but its own errors', async () => {
    const images = [
      goldenImage(),
      goldenImage({
        mftRuns: [
          [8, 4],
          [40, 4],
          [30, 4],
          [50, 4],
        ],
      }),
    ];
    for (const image of images) image.build();
    const runs = fuzzRuns(5000);
    let opened = 0;
    const memory = new MemoryBound();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + runs; seed++) {
      const random = seededRandom(seed);
      const image = images[seed % images.length]!;
      const bytes = mutated(image, random);
      try {
        if (await askAll(bytes)) opened++;
        memory.check();
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : error}`, { cause: error });
      }
    }
    assert.ok(opened > runs / 2, `${opened} of ${runs} could be opened`);
  });
});

function mutated(image: NtfsImage, random: Random): Uint8Array {
  const bytes = Uint8Array.from(image.bytes);
  const changes = 1 + randomInteger(random, 6);
  for (let change = 0; change < changes; change++) {
    const place = placeIn(image, random);
    const width = 2 ** randomInteger(random, 4);
    const value = INTERESTING[randomInteger(random, INTERESTING.length)]!;
    for (let i = 0; i < width; i++)
      bytes[place + i] = randomInteger(random, 3) > 0 ? value : randomInteger(random, 256);
  }
  return bytes;
}

function placeIn(image: NtfsImage, random: Random): number {
  switch (randomInteger(random, 10)) {
    case 0:
      return randomInteger(random, 0x50);
    case 1:
      return (90 + randomInteger(random, 2)) * 4096 + randomInteger(random, 256);
    case 2:
      return 170 * 4096 + randomInteger(random, 64);
    case 3:
      return image.placeOf(0) + randomInteger(random, 512);
    default: {
      const record = randomInteger(random, GOLDEN.overlay + 1);
      return image.placeOf(record) + randomInteger(random, 512);
    }
  }
}

/** Asks a file system all that can be asked. @returns false when there is none */
async function askAll(bytes: Uint8Array): Promise<boolean> {
  const fileSystem = await openNtfs(new BytesSource(bytes).reader());
  if (!fileSystem) return false;
  let items = 0;
  const count = (): void => {
    if (++items > MOST_ITEMS) throw new Error('this does not end');
  };
  const ids: number[] = [];
  for await (const { id, parts, doubts } of fileSystem.files({ onDoubt: count })) {
    ids.push(id);
    for (const { sector, sectorCount, fileSector } of parts) {
      count();
      assert.ok(sector >= 0 && sectorCount > 0 && Number.isSafeInteger(fileSector * 512));
      assert.ok(sector + sectorCount <= bytes.length / 512 || fileSystem.notes.join().includes('larger'));
    }
    assert.ok(doubts.every(({ reason }) => reason.length > 0));
  }
  await askNames(fileSystem, ids, count);
  for await (const { range } of fileSystem.usage()) {
    count();
    assert.ok(range[1] > 0);
  }
  for await (const { range } of fileSystem.structures()) assert.ok(range[1] > 0);
  for (let sector = 0; sector < 3000; sector += 61) {
    await ours(fileSystem.structureAt(sector));
    await fileSystem.allocationAt(sector);
  }
  return true;
}

async function askNames(fileSystem: FileSystem, ids: readonly number[], count: () => void): Promise<void> {
  for (const id of ids) {
    for (const path of await fileSystem.pathsOf(id)) assert.ok(path.length > 0);
    for await (const { name } of fileSystem.children(id, count)) {
      count();
      assert.ok(name.length > 0);
    }
  }
  for (const path of ['/plain.bin', '/folder/in folder.txt', '/streams:large', '/far.bin'])
    await ours(fileSystem.find(path));
}

/** Waits for an answer, or for the refusal to give one. */
async function ours(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
  }
}
