import assert from 'node:assert/strict';
import { formatMetadata } from '../../../../src/engine/metadata/formatMetadata';
import { inspectMetadata } from '../../../../src/engine/metadata/inspect';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { readSectors } from '../../../support/block/sectors';
import {
  commitList,
  copyBytes,
  entries,
  FIXTURE_TIME,
  fixedClock,
  formatted,
  loadAll,
  MAIN_SECTORS,
  openStore,
} from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

const options = { mainSectorCount: MAIN_SECTORS, clock: fixedClock() };

describe('formatMetadata (R8)', () => {
  it('writes five valid copies, zeros after the structure, and nothing else', async () => {
    const spare = await formatted(4000);
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.deepEqual(
      report.copies.map(({ index, sector, valid, sequence }) => [index, sector, valid, sequence]),
      [0, 1, 2, 3, 4].map((index) => [index, index * 256, true, 2]),
    );
    assert.deepEqual([report.kind, report.winner, report.sequence, report.remaps], ['metadata', 0, 2, 0]);
    assert.equal(report.mainSectorCount, MAIN_SECTORS);
    for (let copy = 0; copy < 5; copy++) {
      assert.ok(
        copyBytes(spare, copy, 256 * 512)
          .subarray(84288)
          .every((byte) => byte === 0),
      );
    }
    assert.ok((await readSectors(spare, 1280, 4000 - 1280)).every((byte) => byte === 0));
  });

  it('writes in two waves, each of them flushed', async () => {
    const spare = new ScriptedDevice(new MemoryDevice(4000));
    await formatMetadata(spare, options);
    assert.deepEqual(spare.trace(['write', 'flush']), [
      'write 0+256',
      'write 256+256',
      'write 512+256',
      'flush',
      'write 768+256',
      'write 1024+256',
      'flush',
    ]);
  });

  it('keeps identity and pool', async () => {
    const spare = new MemoryDevice(4000);
    const [mainIdentity, pool] = [Buffer.from('main'), Buffer.from('pool')];
    await formatMetadata(spare, { ...options, mainIdentity, pool });
    const { extras } = await openStore(spare);
    assert.deepEqual([Buffer.from(extras.mainIdentity), Buffer.from(extras.pool)], [mainIdentity, pool]);
  });

  it('needs a data sector after the copies', async () => {
    await assertFailsWith(
      formatMetadata(new MemoryDevice(1280), options),
      'ENOSPC',
      /1280 sectors.*at least 1281/,
    );
    await formatMetadata(new MemoryDevice(1281), options);
  });

  it('refuses a spare that is not blank, and changes nothing', async () => {
    for (const sector of [0, 2, 700, 1279]) {
      const spare = new ScriptedDevice(new MemoryDevice(4000));
      await spare.lower.write(sector, new Uint8Array(512).fill(1));
      await assertFailsWith(
        formatMetadata(spare, options),
        'EEXIST',
        new RegExp(`sector ${sector} holds data`),
      );
      assert.deepEqual(spare.trace(['write', 'flush', 'discard']), []);
    }
  });

  it('refuses a spare whose blankness it cannot see', async () => {
    const spare = new ScriptedDevice(new MemoryDevice(4000));
    spare.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[77, 1]] });
    await assertFailsWith(formatMetadata(spare, options), 'EEXIST', /sector 77 .*can't be read/);
  });

  it('overwrites by force, with a sequence number above all that were there', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    for (let count = 1; count < 5; count++) await commitList(store, entries(count));
    await assertFailsWith(formatMetadata(spare, options), 'EEXIST', /not blank/);
    await formatMetadata(spare, { ...options, force: true });
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.deepEqual([report.sequence, report.remaps], [7, 0]);
    assert.deepEqual(await loadAll(await openStore(spare)), []);
  });

  it('passes the failure of a copy on, and leaves the spare blank', async () => {
    const spare = new ScriptedDevice(new MemoryDevice(4000));
    for (const code of ['EIO', 'ENOSPC'] as const) {
      spare.fail({ operations: ['write'], after: 3, duration: 'once', code });
      await assert.rejects(formatMetadata(spare, options), { code });
      assert.equal((await inspectMetadata(spare, FIXTURE_TIME)).kind, 'blank');
    }
    await formatMetadata(spare, options);
  });
});
