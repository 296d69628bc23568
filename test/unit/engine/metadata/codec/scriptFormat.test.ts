import assert from 'node:assert/strict';
import { decodeScript, encodeScript } from '../../../../../src/engine/metadata/codec/scriptFormat';
import { freshStructure } from '../../../../../src/engine/metadata/codec/v4';
import { inspectMetadata } from '../../../../../src/engine/metadata/inspect';
import { ScriptedDevice } from '../../../../support/block/scriptedDevice';
import {
  commitList,
  copyBytes,
  entries,
  FIXTURE_TIME,
  formatted,
  loadAll,
  openStore,
} from '../../../../support/metadata/spares';
import { assertFailsWith } from '../../../../support/remap/remapErrors';

const metadata = {
  mainPath: '/dev/mapper/main',
  sparePath: '/dev/loop20',
  mainSectorCount: 204_800,
  spareSectorCount: 102_400,
  timestamp: 1_760_620_000,
};

describe('script format', () => {
  it('has the bytes of the table in FORMAT.md, section 8', () => {
    const expected = Buffer.alloc(512);
    expected.write('4RMD', 0, 'latin1');
    expected.writeUInt32LE(4, 4);
    expected.writeBigUInt64LE(1n, 8);
    expected.writeBigUInt64LE(1_760_620_000n, 16);
    expected.writeUInt32LE(2048, 32);
    expected.write('00000000-0000-0000-0000-000000000000 ', 40, 'latin1');
    expected.write('00000000-0000-0000-0000-000000000000 ', 77, 'latin1');
    expected.writeBigUInt64LE(204_800n, 114);
    expected.writeBigUInt64LE(102_400n, 122);
    expected.writeUInt32LE(512, 130);
    expected.writeUInt32LE(512, 134);
    expected.writeUInt32LE(2048, 138);
    expected.write('/dev/mapper/main'.padEnd(128), 144, 'latin1');
    expected.write('/dev/loop20'.padEnd(128), 272, 'latin1');
    assert.deepEqual(Buffer.from(encodeScript(metadata)), expected);
  });

  it('is read back as paths and sizes', () => {
    const uuid = '00000000-0000-0000-0000-000000000000';
    assert.deepEqual(decodeScript(encodeScript(metadata)), { ...metadata, mainUuid: uuid, spareUuid: uuid });
  });

  it("is not read out of a kernel's copy, nor of too few bytes", () => {
    const kernel = freshStructure({ mainSectorCount: 1, spareSectorCount: 1, sequence: 1n, timestamp: 1n });
    assert.equal(decodeScript(kernel), undefined);
    assert.equal(decodeScript(encodeScript(metadata).subarray(0, 511)), undefined);
  });

  it('refuses a path that it has no room for', () => {
    const mainPath = `/dev/${'ä'.repeat(62)}`;
    assert.throws(() => encodeScript({ ...metadata, mainPath }), { code: 'EINVAL' });
    assert.equal(
      decodeScript(encodeScript({ ...metadata, mainPath: mainPath.slice(0, -1) }))?.mainPath,
      mainPath.slice(0, -1),
    );
  });
});

describe('hybrid layout', () => {
  const paths = { mainPath: '/dev/a', sparePath: '/dev/b' };

  it('keeps four copies, and the paths through commits, repairs and reopening', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    const list = entries(3);
    await commitList(store, list.slice(0, 1));
    await store.writeScript(paths);
    assert.deepEqual(decodeScript(copyBytes(spare, 0, 512))?.mainPath, '/dev/a');
    await commitList(store, list.slice(0, 2), list.slice(0, 1));
    const again = await openStore(spare);
    assert.equal((await loadAll(again)).length, 2);
    await again.repair();
    await commitList(again, list, list.slice(0, 2));
    await again.settle();
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.deepEqual(
      report.copies.map(({ valid }) => valid),
      [false, true, true, true, true],
    );
    assert.equal(report.copies[0]!.reason, 'script');
    assert.equal(report.script?.sparePath, '/dev/b');
    assert.deepEqual([report.kind, report.remaps], ['metadata', 3]);
  });

  it('ends on request', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    await store.writeScript(paths);
    await store.removeScript();
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.ok(report.copies.every(({ valid }) => valid));
    assert.equal(report.script, undefined);
  });

  it('leaves the copy as it was when the paths can’t be written', async () => {
    const platter = await formatted();
    const spare = new ScriptedDevice(platter);
    const store = await openStore(spare);
    spare.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENOSPC' });
    await assert.rejects(store.writeScript(paths), { code: 'ENOSPC' });
    spare.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(store.writeScript(paths), { code: 'EIO' });
    const report = await inspectMetadata(platter, FIXTURE_TIME);
    assert.ok(report.copies.every(({ valid }) => valid));
    assert.equal(store.hasScript, false);
  });

  it('is understood as paths only where there is nothing else', async () => {
    const spare = await formatted();
    for (let sector = 0; sector < 1280; sector++) spare.clear(sector, 1);
    for (const sector of [0, 1024, 2048]) spare.poke(sector, encodeScript(metadata));
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.deepEqual(
      [report.kind, report.winner, report.script?.mainPath],
      ['script', null, '/dev/mapper/main'],
    );
    const error = await assertFailsWith(openStore(spare), 'ENODATA', /paths .* no remap table/);
    assert.equal(error.details.kind, 'script');
  });
});
