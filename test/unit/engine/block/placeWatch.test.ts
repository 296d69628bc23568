import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { ImageDevice } from '../../../../src/engine/block/imageDevice';
import { PlaceWatch } from '../../../../src/engine/block/placeWatch';
import { errno, FaultyIo } from '../../../support/block/faultyIo';
import { heldTimers } from '../../../support/heldTimers';
import { needing } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';

describe('placeWatch', () => {
  const timers = heldTimers();
  const folder = tempFolder();
  let path: string;
  let io: FaultyIo;
  let image: ImageDevice;
  let watch: PlaceWatch;
  let looks: Promise<void>[];

  /** Lets the time pass until the next look, and waits for its answer. */
  async function passPeriod(): Promise<void> {
    timers.fire();
    await looks.at(-1)?.catch(() => undefined);
    await new Promise(setImmediate);
  }

  beforeEach(async () => {
    path = folder.path('disk.img');
    await createImage(path, 10);
    io = new FaultyIo();
    image = await openImage(path, { io });
    looks = [];
    const { place } = image;
    const check = place.check.bind(place);
    place.check = () => {
      const look = check();
      looks.push(look);
      return look;
    };
    watch = new PlaceWatch(place);
  });
  afterEach(async () => {
    watch.stop();
    await image.close().catch(() => undefined);
  });

  it(
    'finds a displaced image out without any request, and then looks no more',
    needing('openFilesGo', async () => {
      let told = 0;
      image.place.whenDisplaced(() => told++);
      await passPeriod();
      await passPeriod();
      assert.deepEqual([looks.length, told], [2, 0]);
      unlinkSync(path);
      await passPeriod();
      await passPeriod();
      assert.deepEqual([looks.length, told], [3, 1]);
    }),
  );

  it(
    'goes on after a look that was not possible',
    needing('openFilesGo', async () => {
      const { stat } = io;
      Object.assign(io, {
        stat: (_path: string, _options: unknown, done: (error: Error) => void) => done(errno('EIO')),
      });
      await passPeriod();
      Object.assign(io, { stat });
      unlinkSync(path);
      await passPeriod();
      assert.equal(image.place.displacement?.happened, 'deleted');
    }),
  );

  it('looks no more once it is stopped, also when a look is under way', async () => {
    timers.fire();
    watch.stop();
    await passPeriod();
    await passPeriod();
    assert.equal(looks.length, 1);
  });
});
