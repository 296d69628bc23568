import assert from 'node:assert/strict';
import { WrittenMarkers } from '../../../src/devices/writtenMarkers';
import { memento } from '../../support/devices/memento';

describe('memory of written markers', () => {
  it('knows the sectors of each device and text, in a later window too', async () => {
    const storage = memento();
    const written = new WrittenMarkers(storage);
    await written.add('/a.remap', { text: 'm', sectors: [3, 1] });
    await written.add('/a.remap', { text: 'm', sectors: [2, 3] });
    await written.add('/b.remap', { text: 'm', sectors: [9] });
    const later = new WrittenMarkers(storage);
    const known = later.known('/a.remap', 'm');
    assert.deepEqual([0, 1, 2, 3, 4, 9].map(known), [false, true, true, true, false, false]);
    assert.equal(later.known('/a.remap', 'other')(1), false);
    assert.equal(later.known('/c.remap', 'm')(1), false);
  });

  it('forgets a device that was made anew, and only it', async () => {
    const written = new WrittenMarkers(memento());
    for (const key of ['/a.remap', '/b.remap']) await written.add(key, { text: 'm', sectors: [1] });
    await written.forget('/a.remap');
    assert.equal(written.known('/a.remap', 'm')(1), false);
    assert.equal(written.known('/b.remap', 'm')(1), true);
  });

  it('keeps the latest texts of a device', async () => {
    const written = new WrittenMarkers(memento());
    for (let i = 0; i < 20; i++) await written.add('/a.remap', { text: `m${i}`, sectors: [1] });
    const texts = Array.from({ length: 20 }, (_, i) => i).filter((i) =>
      written.known('/a.remap', `m${i}`)(1),
    );
    assert.deepEqual(texts, [12, 13, 14, 15, 16, 17, 18, 19]);
  });
});
