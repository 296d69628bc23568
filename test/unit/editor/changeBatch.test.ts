import assert from 'node:assert/strict';
import { ChangeBatch } from '../../../src/editor/changeBatch';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('sector editor: batches of changes', () => {
  let sent: unknown[];
  let arrive: (() => void)[];
  let batch: ChangeBatch;

  beforeEach(() => {
    sent = [];
    arrive = [];
    batch = new ChangeBatch((view, ranges) => {
      sent.push([view, ranges]);
      return new Promise<void>((resolve) => arrive.push(resolve));
    });
  });

  afterEach(() => batch.clear());

  it('put what changes together, by view', async () => {
    batch.add('device', [[1, 1]]);
    batch.add('device', [[5, 2]]);
    batch.add('main', null);
    batch.add('main', [[7, 1]]);
    assert.deepEqual(sent, []);
    await pause(80);
    assert.deepEqual(sent, [
      [
        'device',
        [
          [1, 1],
          [5, 2],
        ],
      ],
      ['main', null],
    ]);
  });

  it('send many ranges as every sector', async () => {
    for (let sector = 0; sector < 1000; sector += 2) batch.add('device', [[sector, 1]]);
    await pause(80);
    assert.deepEqual(sent, [['device', null]]);
  });

  it('wait until the last one has arrived, and lose nothing meanwhile', async () => {
    batch.add('device', [[1, 1]]);
    await pause(80);
    batch.add('device', [[2, 1]]);
    await pause(250);
    assert.equal(sent.length, 1);
    arrive[0]!();
    await pause(10);
    batch.add('device', [[3, 1]]);
    await pause(200);
    assert.deepEqual(sent.slice(1), [
      [
        'device',
        [
          [2, 1],
          [3, 1],
        ],
      ],
    ]);
  });

  it('start anew after they were cleared, though a message had not arrived', async () => {
    batch.add('device', [[1, 1]]);
    await pause(80);
    batch.clear();
    batch.add('device', [[2, 1]]);
    await pause(80);
    arrive[0]!();
    assert.deepEqual(sent.at(-1), ['device', [[2, 1]]]);
  });
});
