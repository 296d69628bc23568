import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { MediumEditor } from '../../../../src/engine/block/mediumEditor';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { faultOfTag } from '../../../../src/engine/block/mediumFault';
import { handleDustMessage, isDustMessage } from '../../../../src/engine/dmsetup/dustMessages';
import { RemapError } from '../../../../src/engine/errors';
import { assertFailed } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { patternBytes } from '../../../support/block/sectors';
import { fuzzRuns } from '../../../support/fuzzRuns';

const LOG = 'device-mapper: dust: ';

describe('dm-dust messages', function () {
  this.timeout(600_000);
  let layer: MediumErrors;
  const sendWords = (argv: readonly string[]) => {
    const editor = new MediumEditor(layer);
    const reply = handleDustMessage(editor, argv);
    layer.apply(editor);
    return reply;
  };
  const send = (text: string) => sendWords(text.split(' ').filter((word) => word !== ''));
  const refused = (text: string, problem: string) =>
    assert.throws(() => send(text), {
      code: 'EINVAL',
      message: `dust: ${problem}`,
      details: { target: 'dust' },
    });

  beforeEach(() => {
    layer = new MediumErrors(new MemoryDevice(100));
  });

  it('are known by their first word, in any case', () => {
    for (const word of ['addbadblock', 'removebadblock', 'queryblock', 'countbadblocks', 'clearbadblocks']) {
      assert.equal(isDustMessage(word), true);
    }
    for (const word of ['listbadblocks', 'enable', 'disable', 'quiet', 'QUIET'])
      assert.equal(isDustMessage(word), true);
    for (const word of ['help', 'status', 'stats', '', 'toString', 'addbadblocks'])
      assert.equal(isDustMessage(word), false);
  });

  it('addbadblock makes a sector fail until it is written, and logs it', async () => {
    assert.deepEqual(send('AddBadBlock 60'), {
      reply: '',
      log: `${LOG}dust_add_block: badblock added at block 60 with write fail count 0`,
    });
    await assertFailed(layer.read(60, new Uint8Array(SECTOR_SIZE)), 'EIO', [[60, 1]]);
    await layer.write(60, patternBytes(60, 1));
    await layer.read(60, new Uint8Array(SECTOR_SIZE));
    assert.equal(layer.badSectors.sectorCount, 0);
  });

  it('addbadblock with a write fail count lets so many writes fail first', async () => {
    assert.match(send('addbadblock 60 2').log ?? '', /block 60 with write fail count 2$/);
    await assertFailed(layer.write(60, patternBytes(60, 1)), 'EIO', [[60, 1]]);
    await assertFailed(layer.write(60, patternBytes(60, 1)), 'EIO', [[60, 1]]);
    await layer.write(60, patternBytes(60, 1));
    await layer.read(60, new Uint8Array(SECTOR_SIZE));
    send('addbadblock 61 255');
    assert.deepEqual(faultOfTag(layer.badSectors.tagOf(61)!), { mode: 'dust', writeFailures: 255 });
  });

  it('addbadblock refuses a block that is bad already, out of range, or no number', () => {
    send('addbadblock 99');
    refused('addbadblock 99', 'dust_add_block: block 99 already in badblocklist');
    layer.inject([[5, 1]], { mode: 'error' });
    refused('addbadblock 5', 'dust_add_block: block 5 already in badblocklist');
    refused('addbadblock 100', 'selected block value out of range');
    refused('addbadblock 99999999999999999999', 'selected block value out of range');
    refused('addbadblock 1 256', 'selected write fail count out of range');
    refused('addbadblock x', "'x' is not a decimal number");
    refused('addbadblock 1 -1', "'-1' is not a decimal number");
    refused('addbadblock', 'addbadblock requires an additional argument');
    assert.equal(layer.badSectors.sectorCount, 2);
  });

  it('removebadblock and queryblock work on any bad sector, enabled or not', () => {
    layer.inject([[7, 1]], { mode: 'error' });
    send('disable');
    assert.deepEqual(send('queryblock 7'), { reply: 'dust_query_block: block 7 found in badblocklist' });
    assert.deepEqual(send('removebadblock 7'), {
      reply: '',
      log: `${LOG}dust_remove_block: badblock removed at block 7`,
    });
    assert.deepEqual(send('queryblock 7'), { reply: 'dust_query_block: block 7 not found in badblocklist' });
    refused('removebadblock 7', 'dust_remove_block: block 7 not found in badblocklist');
    refused('RemoveBadBlock', 'RemoveBadBlock requires an additional argument');
    refused('queryblock', 'queryblock requires an additional argument');
    refused('queryblock 100', 'selected block value out of range');
  });

  it("countbadblocks, listbadblocks and clearbadblocks answer with the kernel's texts", () => {
    assert.equal(send('countbadblocks').reply, 'countbadblocks: 0 badblock(s) found');
    assert.equal(send('listbadblocks').reply, 'No blocks in badblocklist');
    assert.equal(send('clearbadblocks').reply, 'dust_clear_badblocks: no badblocks found');
    for (const block of [9, 3, 4]) send(`addbadblock ${block}`);
    assert.equal(send('countbadblocks').reply, 'countbadblocks: 3 badblock(s) found');
    assert.equal(send('listbadblocks').reply, '3\n4\n9\n');
    assert.equal(send('clearbadblocks').reply, 'dust_clear_badblocks: badblocks cleared');
    assert.equal(send('countbadblocks').reply, 'countbadblocks: 0 badblock(s) found');
  });

  it('listbadblocks refuses what does not fit in memory', () => {
    layer = new MediumErrors(new MemoryDevice(2 ** 35));
    layer.inject([[0, 2 ** 35]], { mode: 'error' });
    refused('listbadblocks', 'listbadblocks: 34359738368 badblocks are too many to list');
  });

  it("enable and disable switch the medium's failing, and log it", async () => {
    send('addbadblock 5');
    assert.deepEqual(send('disable'), { reply: '', log: `${LOG}disabling read failures on bad sectors` });
    await layer.read(5, new Uint8Array(SECTOR_SIZE));
    await layer.write(5, new Uint8Array(SECTOR_SIZE));
    assert.deepEqual(send('enable'), { reply: '', log: `${LOG}enabling read failures on bad sectors` });
    await assertFailed(layer.read(5, new Uint8Array(SECTOR_SIZE)), 'EIO', [[5, 1]]);
  });

  it('quiet toggles the log of additions and removals', () => {
    assert.deepEqual(send('quiet'), { reply: '' });
    assert.deepEqual(send('addbadblock 5'), { reply: '' });
    assert.deepEqual(send('removebadblock 5'), { reply: '' });
    refused('removebadblock 5', 'dust_remove_block: block 5 not found in badblocklist');
    assert.ok(send('disable').log);
    send('quiet');
    assert.ok(send('addbadblock 5').log);
  });

  it('unknown words and wrong numbers of arguments are refused', () => {
    refused('wobble', "unrecognized message 'wobble' received");
    refused('wobble x', "unrecognized message 'wobble' received");
    refused('quiet 1', "unrecognized message 'quiet' received");
    refused('removebadblock 1 2', "unrecognized message 'removebadblock' received");
    refused('addbadblock 1 2 3', "invalid number of arguments '4'");
    refused('', "invalid number of arguments '0'");
  });

  it('gives a reply or EINVAL for any words (fuzz)', () => {
    const word = fc.oneof(
      fc.constantFrom('addbadblock', 'removebadblock', 'queryblock', 'countbadblocks', 'clearbadblocks'),
      fc.constantFrom('listbadblocks', 'enable', 'disable', 'quiet', '256', '1e1', '0x1', '-0'),
      fc.nat(120).map(String),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (argv) => {
        try {
          const { reply } = sendWords(argv);
          assert.equal(typeof reply, 'string');
        } catch (error) {
          assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
        }
        const last = layer.badSectors.previous(Number.MAX_SAFE_INTEGER) ?? 0;
        assert.ok(last < 100, `sector ${last} is outside`);
      }),
      { numRuns: fuzzRuns(3000) },
    );
  });
});
