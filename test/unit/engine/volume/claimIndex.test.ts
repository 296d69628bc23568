import assert from 'node:assert/strict';
import fc from 'fast-check';
import { byFile, type Claim } from '../../../../src/engine/volume/claim';
import { CHUNK_CLAIMS } from '../../../../src/engine/volume/claimChunk';
import { ClaimIndex } from '../../../../src/engine/volume/claimIndex';
import { walkClaims } from '../../../../src/engine/volume/claimWalk';
import type { FilePart, FileRecord } from '../../../../src/engine/volume/volumeContracts';
import { ModelFileSystem, modelFile } from '../../../support/volume/modelFileSystem';

const SECTORS = 64;

const part: fc.Arbitrary<FilePart> = fc.record(
  {
    role: fc.constantFrom('data', 'unwritten', 'packed', 'meta'),
    sector: fc.nat(SECTORS - 1),
    sectorCount: fc.integer({ min: 1, max: 12 }),
    fileSector: fc.nat(100),
    what: fc.constantFrom('xattr', 'indirect'),
    stream: fc.record({ name: fc.constantFrom('s', 't'), size: fc.nat(2) }),
  },
  { requiredKeys: ['role', 'sector', 'sectorCount', 'fileSector'] },
);

const files: fc.Arbitrary<FileRecord[]> = fc.array(
  fc.record(
    {
      id: fc.nat(9),
      kind: fc.constantFrom('file', 'dir', 'meta'),
      what: fc.constant('journal'),
      size: fc.option(fc.nat(5000)),
      parts: fc.array(part, { maxLength: 5 }),
      doubts: fc.constant([]),
    },
    { requiredKeys: ['id', 'kind', 'size', 'parts', 'doubts'] },
  ),
  { maxLength: 12 },
);

/** The claims on a sector, file by file and part by part. */
function naiveClaims(all: readonly FileRecord[], sector: number): Claim[] {
  const claims = new Map<string, Claim>();
  for (const { id, kind, what, size, parts } of all)
    for (const { role, what: partWhat, stream, ...run } of parts) {
      if (sector < run.sector || sector >= run.sector + run.sectorCount) continue;
      const fileOffset = (run.fileSector + sector - run.sector) * 512;
      const key = JSON.stringify([id, role, stream?.name, role === 'packed' ? 0 : fileOffset]);
      if (claims.has(key)) continue;
      const file = { id, kind, size, ...(what && { what }) };
      claims.set(key, {
        file,
        part: { role, ...(partWhat && { what: partWhat }), ...(stream && { stream }) },
        fileOffset,
      });
    }
  return [...claims.values()];
}

/** Without what depends on which of equal claims came first. */
function keys(claims: readonly Claim[]): string[] {
  return claims
    .map(
      ({ file, part: { role, stream }, fileOffset }) =>
        `${file.id} ${role} ${stream?.name} ${role === 'packed' ? '' : fileOffset}`,
    )
    .sort();
}

describe('ClaimIndex', () => {
  it('has the claims that a look at every part has, and so has a walk for some sectors', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (all) => {
        const fileSystem = new ModelFileSystem({ sectorCount: SECTORS, files: all });
        const index = await ClaimIndex.build(fileSystem);
        const odd = Array.from({ length: SECTORS / 2 }, (_, i) => 2 * i + 1);
        const walked = await walkClaims(fileSystem, odd);
        for (let sector = 0; sector < SECTORS; sector++) {
          const expected = naiveClaims(all, sector);
          if (expected.length >= 16) continue;
          assert.deepEqual(keys(index!.claimsOn(sector)), keys(expected));
          assert.deepEqual(keys(walked.claimsOn(sector)), sector % 2 ? keys(expected) : []);
        }
      }),
    );
  });

  it('keeps all that is said of a file and its part', async () => {
    const record = modelFile(7, 5, [[3, 2, 9]], {
      kind: 'meta',
      what: '$Secure',
      part: { what: 'x', stream: { name: '$SDS', size: 4 } },
    });
    const index = await ClaimIndex.build(new ModelFileSystem({ sectorCount: SECTORS, files: [record] }));
    const claim = {
      file: { id: 7, kind: 'meta', what: '$Secure', size: 5 },
      part: { role: 'data', what: 'x', stream: { name: '$SDS', size: 4 } },
      fileOffset: 10 * 512,
    };
    assert.deepEqual(index!.claimsOn(4), [claim]);
    const nameless = modelFile(7, null, [[3, 2, 9]]);
    const other = await ClaimIndex.build(new ModelFileSystem({ sectorCount: SECTORS, files: [nameless] }));
    assert.deepEqual(other!.claimsOn(3)[0]!.file, { id: 7, kind: 'file', size: null });
  });

  it('finds runs in every chunk, in any order, on a disk beyond 2^32 sectors', async () => {
    const count = CHUNK_CLAIMS * 2 + 100;
    const base = 2 ** 33;
    const runs = Array.from({ length: count }, (_, i) => [base + ((i * 7919) % count) * 10, 8, i] as const);
    const index = await ClaimIndex.build(
      new ModelFileSystem({ sectorCount: 2 ** 40, files: [modelFile(1, null, runs)] }),
    );
    for (const i of [0, 1, CHUNK_CLAIMS - 1, CHUNK_CLAIMS, CHUNK_CLAIMS * 2 + 99]) {
      const [sector] = runs[i]!;
      assert.deepEqual(
        index!.claimsOn(sector + 7).map(({ fileOffset }) => fileOffset),
        [(i + 7) * 512],
      );
      assert.deepEqual(index!.claimsOn(sector + 8), []);
    }
    assert.ok(index!.byteLength < 8 * 2 ** 20);
  });

  it('keeps a million files of two runs each in less than 100 MB, and answers in microseconds', async () => {
    async function* million(): AsyncIterable<FileRecord> {
      for (let id = 0; id < 1e6; id++)
        yield modelFile(id, 4096, [
          [id * 40, 8, 0],
          [id * 40 + 20, 8, 8],
        ]);
    }
    const fileSystem = new ModelFileSystem({ sectorCount: 1e9 });
    fileSystem.files = million;
    const index = await ClaimIndex.build(fileSystem);
    assert.ok(index!.byteLength <= 100e6, `${index!.byteLength} bytes`);
    const start = performance.now();
    for (let i = 0; i < 1000; i++) assert.equal(index!.claimsOn(i * 999 * 40 + 21)[0]!.file.id, i * 999);
    assert.ok(performance.now() - start < 1000, 'a millisecond each');
  }).timeout(60_000);

  it('is given up when it would be larger than the limit', async () => {
    const fileSystem = new ModelFileSystem({ sectorCount: SECTORS, files: [modelFile(1, 5, [[1, 1, 0]])] });
    assert.equal(await ClaimIndex.build(fileSystem, { limitBytes: 1000 }), null);
  });

  it('is given up when it could not tell all kinds of files or labels apart', async () => {
    const kinds = Array.from({ length: 257 }, (_, id) => ({
      ...modelFile(id, 512, [[id, 1, 0]]),
      kind: 'meta' as const,
      what: `$${id}`,
    }));
    const indexed = (files: FileRecord[]) =>
      ClaimIndex.build(new ModelFileSystem({ sectorCount: SECTORS, files }));
    assert.equal((await indexed(kinds.slice(1)))!.claimsOn(256)[0]!.file.what, '$256');
    assert.equal(await indexed(kinds), null);
    const labels = Array.from({ length: 65_537 }, (_, id) => ({
      ...modelFile(id, 512, []),
      parts: [
        { role: 'data' as const, sector: id, sectorCount: 1, fileSector: 0, stream: { name: '', size: id } },
      ],
    }));
    assert.equal((await indexed(labels.slice(1)))!.claimsOn(65_536)[0]!.part.stream!.size, 65_536);
    assert.equal(await indexed(labels), null);
  });

  it('has runs of more than 2^32 sectors', async () => {
    const long = 2 ** 33 + 5;
    const files = [modelFile(1, long * 512, [[100, long, 0]])];
    const index = await ClaimIndex.build(new ModelFileSystem({ sectorCount: 2 ** 40, files }));
    for (const at of [0, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 33, long - 1])
      assert.deepEqual(
        index!.claimsOn(100 + at).map(({ fileOffset }) => fileOffset),
        [at * 512],
      );
    assert.deepEqual(index!.claimsOn(100 + long), []);
  });

  it('counts doubts of the walk and of files', async () => {
    const doubt = { reason: 'lost', ranges: [] };
    const fileSystem = new ModelFileSystem({
      sectorCount: SECTORS,
      doubts: [doubt],
      files: [modelFile(1, 5, [], { doubts: [doubt] })],
    });
    assert.equal((await ClaimIndex.build(fileSystem))!.doubts.count, 2);
    assert.equal((await walkClaims(fileSystem, [])).doubts.count, 2);
  });

  it('orders the claims of a sector by file', () => {
    const claim = (id: number, fileOffset: number): Claim => ({
      file: { id, kind: 'file', size: 1 },
      part: { role: 'data' },
      fileOffset,
    });
    assert.deepEqual([claim(2, 0), claim(1, 9), claim(1, 3)].sort(byFile), [
      claim(1, 3),
      claim(1, 9),
      claim(2, 0),
    ]);
  });
});
