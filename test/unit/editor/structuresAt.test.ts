import assert from 'node:assert/strict';
import { VolumeLook } from '../../../src/devices/volumeLook';
import { type StructurePlaces, structuresAt } from '../../../src/editor/structuresAt';
import type { ViewId } from '../../../src/shared/protocol';
import { BUILT_IN, UNMARKED } from '../../../src/structure';
import { recordedSpare } from '../../support/fixtures';
import { structureSample } from '../../support/structureSamples';

/** A view of these bytes, with sectors that can't be read. */
function placesOf(bytes: Uint8Array, bad: readonly number[] = [], view: ViewId = 'file'): StructurePlaces {
  return {
    view,
    views: view === 'file' ? ['file'] : ['device', 'main', 'spare'],
    volumes: null,
    descriptions: BUILT_IN,
    interpretations: [],
    bytes: {
      byteCount: bytes.length,
      read: async (first, count) => ({
        bytes: Uint8Array.from(bytes.subarray(first * 512, (first + count) * 512)),
        unreadable: bad
          .filter((sector) => sector >= first && sector < first + count)
          .map((sector) => ({ first: sector, count: 1 })),
      }),
    },
  };
}

/** A disk of 100 sectors and 7 bytes with a superblock of btrfs at sector 40. */
function disk() {
  const bytes = Buffer.alloc(100 * 512 + 7);
  bytes.set(structureSample('btrfs').bytes, 40 * 512);
  return bytes;
}

function lookAt(bytes: Uint8Array): VolumeLook {
  const source = {
    sectorCount: bytes.length / 512,
    read: async (sector: number, buffer: Uint8Array) => {
      buffer.set(bytes.subarray(sector * 512, sector * 512 + buffer.length));
    },
  };
  const unreadable = () => Promise.reject(new Error('not asked'));
  return new VolumeLook(async () => ({ source, unreadable, close: async () => undefined }));
}

describe('sector editor: structures at a sector', () => {
  const { signal } = new AbortController();
  const offsets = async (sector: number, ...bad: number[]) =>
    (await structuresAt(placesOf(disk(), bad), sector, signal)).map(({ byteOffset }) => byteOffset);

  it('are those that it is part of', async () => {
    assert.deepEqual(await offsets(40), [40 * 512]);
    assert.deepEqual(await offsets(47), [40 * 512]);
    for (const sector of [0, 39, 48, 99, 100]) assert.deepEqual(await offsets(sector), []);
    await assert.rejects(offsets(101), { code: 'EINVAL' });
  });

  it('are told all the same where a part of them can’t be read, unless it is what tells them', async () => {
    assert.deepEqual(await offsets(44, 40), []);
    for (const bad of [43, 44, 47]) assert.deepEqual(await offsets(44, bad), [40 * 512]);
  });

  it('end with the request that asked for them', async () => {
    const ended = AbortSignal.abort();
    await assert.rejects(structuresAt(placesOf(disk()), 40, ended), { name: 'AbortError' });
  });

  it('have the inodes and group descriptors of the volume, wherever it begins', async function () {
    const bytes = recordedSpare(this, 'filesystems/gpt3');
    const places = { ...placesOf(bytes), volumes: lookAt(bytes) };
    const volume = (await places.volumes.disk()).volumes.find(({ kind }) => kind === 'ext4')!;
    const [descriptors] = await structuresAt(places, volume.first + 4, signal);
    assert.equal(descriptors?.name, 'Group descriptors 0 to 2');
    const table = descriptors.fields.find(({ name }) => name === 'Inode table (low)')!;
    const [root] = await structuresAt(places, table.link!.byteOffset / 512, signal);
    assert.match(root!.name, /^Inodes 1 to \d$/);
    const group = root!.fields.findIndex(({ name }) => name === 'Inode 2');
    const fields = root!.fields.slice(group);
    assert.deepEqual(
      ['Inode 2', 'Kind', 'Permissions'].map((name) => fields.find((each) => each.name === name)?.value),
      ['4: folder → 1024 bytes', '4: folder', '0755'],
    );
  });

  it('have what a person said of a place, in that view alone, wherever it begins', async () => {
    const description = UNMARKED.find(({ name }) => name === 'Inode of ext2/3/4')!;
    const bytes = disk();
    bytes.writeUInt16LE(0x41ed, 700);
    const said = (view: ViewId) => ({
      ...placesOf(bytes),
      interpretations: [{ view, byteOffset: 700, description }],
    });
    const [found] = await structuresAt(said('file'), 1, signal);
    assert.deepEqual([found?.name, found?.byteOffset], ['Inode of ext2/3/4 (as you said)', 700]);
    assert.deepEqual(
      found!.fields.slice(0, 2).map(({ value }) => value),
      ['4: folder', '0755'],
    );
    assert.deepEqual(await structuresAt(said('file'), 0, signal), []);
    assert.deepEqual(await structuresAt(said('main'), 1, signal), []);
    const end = { view: 'file', byteOffset: 100 * 512 - 4, description } as const;
    const [last] = await structuresAt({ ...placesOf(bytes), interpretations: [end] }, 99, signal);
    assert.equal(last?.fields.find(({ name }) => name === 'Made')?.value, 'unreadable');
  });

  it('have links to the views of a device; a spare by itself shows only its own sectors', async function () {
    const bytes = recordedSpare(this, 'spare-3-remaps');
    const linksOf = async (view: ViewId) => {
      const found = await structuresAt(placesOf(bytes, [], view), 0, signal);
      return found.flatMap(({ fields }) => fields.flatMap(({ link }) => link ?? [])).slice(0, 2);
    };
    const device = await linksOf('spare');
    assert.deepEqual(device, [
      { view: 'device', byteOffset: 1000 * 512 },
      { view: 'spare', byteOffset: 1300 * 512 },
    ]);
    assert.deepEqual((await linksOf('file'))[0], { view: 'file', byteOffset: 1300 * 512 });
  });
});
