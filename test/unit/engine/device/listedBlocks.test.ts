import assert from 'node:assert/strict';
import { ListedBlocks } from '../../../../src/engine/device/listedBlocks';

const includes = (listed: ListedBlocks, text: string) => listed.includes(Buffer.from(text));

describe('lists that a device has answered', () => {
  it('are known again by their numbers, however the lines end', () => {
    const listed = new ListedBlocks();
    assert.equal(includes(listed, ''), false);
    listed.note('60\n61\n');
    for (const text of ['60\n61\n', '60\r\n61\r\n', '60\n61', '\n60\n61\n\n'])
      assert.ok(includes(listed, text));
    for (const text of ['60\n', '6061\n', '60\n61\n62\n']) assert.ok(!includes(listed, text));
  });

  it('are forgotten, the oldest first', () => {
    const listed = new ListedBlocks();
    for (let block = 0; block < 40; block++) listed.note(`${block}\n`);
    assert.ok(includes(listed, '39\n') && includes(listed, '8\n'));
    assert.ok(!includes(listed, '7\n') && !includes(listed, '0\n'));
  });
});
