import assert from 'node:assert/strict';
import { walkClaims } from '../../../../src/engine/volume/claimWalk';
import { type Owner, OwnerRules } from '../../../../src/engine/volume/owner';
import { type Model, ModelFileSystem, modelFile } from '../../../support/volume/modelFileSystem';

const FIRST = 100;

/** The owner of a sector of a volume that begins at 100 of the disk; without what all answers have. */
async function ownerOf(model: Partial<Model>, sector: number): Promise<Omit<Owner, 'sector' | 'volume'>> {
  const fileSystem = new ModelFileSystem({ sectorCount: 50, ...model });
  const known = await walkClaims(fileSystem, [sector]);
  const { sector: at, volume, ...owner } = await new OwnerRules(fileSystem, 3, FIRST).owner(sector, known);
  assert.deepEqual([at, volume], [FIRST + sector, 3]);
  return owner;
}

const DOUBT = {
  reason: 'the inode table of group 1 can’t be read',
  ranges: [
    [7, 2],
    [12, 1],
  ] as const,
};
const file = modelFile(12, 1000, [[10, 4, 0]]);

describe('The owner of a sector', () => {
  it('is outside after the end of the file system', async () => {
    assert.deepEqual(await ownerOf({}, 50), { kind: 'outside' });
  });

  it('is the structure that the layout has there, before any file', async () => {
    const structures = [{ what: 'inode-table', range: [10, 5] as const, group: 1 }];
    assert.deepEqual(await ownerOf({ structures, files: [file] }, 10), {
      kind: 'meta',
      what: 'inode-table',
      group: 1,
    });
  });

  it('is a structure with the file whose bytes it holds', async () => {
    const structures = [{ what: '$MFT', range: [10, 2] as const, group: 40, fileId: 40 }];
    assert.deepEqual(await ownerOf({ structures }, 11), {
      kind: 'meta',
      what: '$MFT',
      group: 40,
      path: '/40',
    });
  });

  it('is the file that claims it, with its place in the file and its other names', async () => {
    const paths = new Map([[12, ['/a', '/b']]]);
    const owner = { kind: 'file', path: '/a', otherPaths: ['/b'], fileOffset: 512 };
    assert.deepEqual(await ownerOf({ files: [file], paths }, 11), owner);
    assert.deepEqual(
      await ownerOf({ files: [file], paths, lostLayout: new Set([11]), doubts: [DOUBT] }, 11),
      owner,
    );
  });

  it('is slack past the size of the file or stream, and never where no size is kept', async () => {
    assert.deepEqual(await ownerOf({ files: [file] }, 12), { kind: 'slack', path: '/12', fileOffset: 1024 });
    const folder = modelFile(12, null, [[10, 4, 0]], { kind: 'dir' });
    assert.deepEqual(await ownerOf({ files: [folder] }, 12), { kind: 'dir', path: '/12', fileOffset: 1024 });
    const stream = modelFile(12, 10, [[10, 4, 0]], { part: { stream: { name: 's', size: 1025 } } });
    assert.deepEqual(await ownerOf({ files: [stream] }, 12), {
      kind: 'file',
      path: '/12:s',
      fileOffset: 1024,
    });
    assert.deepEqual(await ownerOf({ files: [stream] }, 13), {
      kind: 'slack',
      path: '/12:s',
      fileOffset: 1536,
    });
  });

  it('is said to be unwritten or compressed; a compressed one has no place in the file', async () => {
    const unwritten = modelFile(12, 9999, [[10, 4, 0]], { part: { role: 'unwritten' } });
    assert.deepEqual(await ownerOf({ files: [unwritten] }, 11), {
      kind: 'file',
      what: 'unwritten',
      path: '/12',
      fileOffset: 512,
    });
    const packed = modelFile(12, 10, [[10, 4, 0]], { part: { role: 'packed' } });
    assert.deepEqual(await ownerOf({ files: [packed] }, 13), {
      kind: 'file',
      what: 'compressed',
      path: '/12',
    });
  });

  it('is what the file system keeps for a file, or a file of its own', async () => {
    const tree = modelFile(12, 10, [[10, 1, 0]], { part: { role: 'meta', what: 'extent-tree' } });
    assert.deepEqual(await ownerOf({ files: [tree] }, 10), {
      kind: 'meta',
      what: 'extent-tree',
      path: '/12',
    });
    const journal = modelFile(8, 10, [[10, 9, 0]], { kind: 'meta', what: 'journal' });
    const paths = new Map([[8, []]]);
    assert.deepEqual(await ownerOf({ files: [journal], paths }, 12), {
      kind: 'meta',
      what: 'journal',
      fileOffset: 1024,
    });
  });

  it('is all files that share attributes, which is no contradiction', async () => {
    const part = { role: 'meta', what: 'xattr' } as const;
    const files = [modelFile(12, 0, [[10, 1, 0]], { part }), modelFile(13, 0, [[10, 1, 0]], { part })];
    assert.deepEqual(await ownerOf({ files }, 10), {
      kind: 'meta',
      what: 'xattr',
      path: '/12',
      otherPaths: ['/13'],
    });
  });

  it('is each of two files that claim it, and it is said that they can’t both be right', async () => {
    const files = [modelFile(13, 9999, [[11, 1, 0]]), modelFile(12, 9999, [[10, 4, 0]])];
    assert.deepEqual(await ownerOf({ files }, 11), {
      kind: 'file',
      path: '/12',
      fileOffset: 512,
      otherOwners: [{ sector: FIRST + 11, volume: 3, kind: 'file', path: '/13', fileOffset: 0 }],
      why: 'more than one file claims the sector: at least one of their maps is wrong',
    });
  });

  it('is the file that claims it where the bitmap calls it free or bad, with the contradiction', async () => {
    const allocation = Array(50).fill('free');
    assert.equal(
      (await ownerOf({ files: [file], allocation }, 10)).why,
      'the allocation bitmap calls the sector free',
    );
    allocation[10] = 'bad';
    assert.equal((await ownerOf({ files: [file], allocation }, 10)).why, 'the sector is marked bad');
  });

  it('is free only by a bitmap that could be read, whatever else could not be', async () => {
    const allocation = Array(50).fill('free');
    assert.deepEqual(await ownerOf({ allocation, doubts: [DOUBT] }, 10), { kind: 'free' });
    allocation[10] = { reason: 'the bitmap can’t be read', ranges: [] };
    assert.deepEqual(await ownerOf({ allocation }, 10), { kind: 'unknown', why: 'the bitmap can’t be read' });
    allocation[10] = 'bad';
    assert.deepEqual(await ownerOf({ allocation }, 10), { kind: 'meta', what: 'marked-bad' });
  });

  it('is allocated when the bitmap says used, no file claims it, and all could be read', async () => {
    assert.deepEqual(await ownerOf({ files: [file] }, 20), { kind: 'allocated' });
  });

  it('is unknown when the bitmap says used and anything could not be read, with the first reason', async () => {
    const why = 'in use, but the inode table of group 1 can’t be read (sectors 7-8, 12)';
    assert.deepEqual(await ownerOf({ doubts: [DOUBT] }, 20), { kind: 'unknown', why });
    const files = [modelFile(12, 0, [], { doubts: [DOUBT] })];
    assert.deepEqual(await ownerOf({ files }, 20), { kind: 'unknown', why });
    assert.deepEqual(await ownerOf({ files, doubts: [DOUBT] }, 20), {
      kind: 'unknown',
      why: `${why}, and 1 more`,
    });
    const lostLayout = new Set([20]);
    assert.deepEqual(await ownerOf({ lostLayout }, 20), {
      kind: 'unknown',
      why: 'in use, but a descriptor can’t be read',
    });
  });

  it('needs no walk for the layout, and for what the bitmap calls free', async () => {
    const allocation = Array(50).fill('free');
    const fileSystem = new ModelFileSystem({
      sectorCount: 50,
      allocation,
      structures: [{ what: 'fat1', range: [1, 1] }],
    });
    const rules = new OwnerRules(fileSystem, 0, 0);
    const kinds = await Promise.all([0, 1, 60].map(async (sector) => (await rules.quickOwner(sector))?.kind));
    assert.deepEqual(kinds, ['free', 'meta', 'outside']);
    allocation[0] = 'used';
    assert.equal(await rules.quickOwner(0), null);
    assert.equal(fileSystem.walks, 0);
  });
});
