import assert from 'node:assert/strict';
import { ListedAnswers, type ListedBlocks } from '../../../../src/engine/device/listedBlocks';

const includes = (listed: ListedBlocks, text: string) => listed.includes(Buffer.from(text));

describe('lists that a device has answered', () => {
  it('are known again by their numbers, however the lines end', () => {
    const listed = new ListedAnswers().of('/a.img');
    assert.equal(includes(listed, ''), false);
    listed.note('60\n61\n');
    for (const text of ['60\n61\n', '60\r\n61\r\n', '60\n61', '\n60\n61\n\n'])
      assert.ok(includes(listed, text));
    for (const text of ['60\n', '6061\n', '60\n61\n62\n']) assert.ok(!includes(listed, text));
  });

  it('are those of one main image', () => {
    const answers = new ListedAnswers();
    answers.of('/a.img').note('60\n');
    assert.ok(includes(answers.of('/a.img'), '60\n'));
    assert.ok(!includes(answers.of('/b.img'), '60\n'));
  });

  it('are forgotten, the oldest first', () => {
    const listed = new ListedAnswers().of('/a.img');
    listed.note('x\n');
    for (let block = 0; block < 300; block++) {
      listed.note(`${block}\n`);
      listed.note('x\n');
    }
    assert.ok(includes(listed, '299\n') && includes(listed, '45\n') && includes(listed, 'x\n'));
    assert.ok(!includes(listed, '44\n') && !includes(listed, '0\n'));
  });

  it('are restored, and told to a listener', () => {
    const told: (readonly string[])[] = [];
    const [earlier, later] = [new ListedAnswers(), new ListedAnswers()];
    earlier.restore([], (digests) => told.push(digests));
    earlier.of('/a.img').note('60\n');
    later.restore(told.at(-1)!, () => {});
    assert.ok(includes(later.of('/a.img'), '60\n'));
  });
});
