import assert from 'node:assert/strict';
import { type ImageSituation, type MappedImage, situationsOf } from '../../../src/devices/imageSituations';
import { freeImage } from '../../support/extension/freeImage';

/** The kind of each situation, and the images in it. */
function told(images: readonly MappedImage[]): string[] {
  return situationsOf(images).map((situation) => `${situation.kind}: ${imagesOf(situation).join(' ')}`);
}

function imagesOf(situation: ImageSituation): string[] {
  switch (situation.kind) {
    case 'pair':
      return [situation.spare, ...situation.mains].map(({ path }) => path);
    case 'fits':
      return [situation.main.path, situation.spare.path];
    case 'choose':
      return situation.images.map(({ path }) => path);
    case 'spare':
      return [situation.spare.path];
    default:
      return [situation.image.path];
  }
}

const main = freeImage('main', 204_800, { kind: 'foreign' });
const spare = freeImage('spare', 102_400, { mainSectorCount: 204_800 });
const counts = { badSectors: 2, notRescued: 3 };
const rescue = freeImage('rescue', 4096, { maps: { used: { path: 'rescue.map', ...counts } } });

describe('the situations of images', () => {
  it('none where there are none, or only what is no disk', () => {
    assert.deepEqual(told([]), []);
    assert.deepEqual(told([{ ...main, inspection: undefined, problem: new Error('packed') }]), []);
  });

  it('a spare with metadata belongs to the image of the size that they name, by the size alone', () => {
    assert.deepEqual(told([main, spare]), ['pair: spare main']);
    assert.deepEqual(told([main, { ...main, path: 'other' }, spare]), ['pair: spare main other']);
  });

  it('two raw images make a device: which is main may follow from their sizes', () => {
    assert.deepEqual(told([main, freeImage('b', 102_400)]), ['choose: main b']);
    const small = freeImage('small', 2000);
    assert.deepEqual(told([freeImage('large', 20_480), small]), ['fits: large small']);
    assert.deepEqual(told([small, freeImage('large', 20_480)]), ['fits: large small']);
    assert.deepEqual(told([small, { ...small, path: 'b' }]), []);
  });

  it('a spare alone, or one without a valid copy, can be looked at', () => {
    assert.deepEqual(told([spare]), ['spare: spare']);
    assert.deepEqual(told([spare, freeImage('broken', 8192, { kind: 'damaged' })]), [
      'spare: spare',
      'spare: broken',
    ]);
  });

  it('an image that was not rescued whole is one, whether or not its map is used, and can be main too', () => {
    assert.deepEqual(told([rescue]), ['rescue: rescue']);
    const offered = freeImage('r', 4096, { maps: { offered: { path: 'r.log', ...counts } } });
    assert.deepEqual(told([offered]), ['rescue: r']);
    const whole = { path: 'rescue.map', badSectors: 0, notRescued: 0 };
    assert.deepEqual(told([freeImage('r', 4096, { maps: { used: whole } })]), ['single: r']);
    assert.deepEqual(told([rescue, freeImage('b', 4096)]), ['choose: rescue b', 'rescue: rescue']);
  });

  it('one raw image has no spare, beside a pair too', () => {
    assert.deepEqual(told([main]), ['single: main']);
    assert.deepEqual(told([main, spare, freeImage('b', 4096)]), ['pair: spare main', 'single: b']);
  });
});
