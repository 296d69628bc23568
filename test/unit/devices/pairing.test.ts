import assert from 'node:assert/strict';
import type { FreeImage } from '../../../src/devices/freeImages';
import {
  hasPair,
  isSpareWithMetadata,
  mainsFor,
  possibleMains,
  sparesFor,
} from '../../../src/devices/pairing';
import { RemapError } from '../../../src/engine';

type Kind = NonNullable<FreeImage['inspection']>['kind'];

function image(path: string, sectorCount: number, kind: Kind, mainSectorCount?: number): FreeImage {
  const inspection = {
    kind,
    copies: [],
    winner: 0,
    sequence: 1,
    remaps: 0,
    ...(mainSectorCount && { mainSectorCount }),
  };
  return { path, sectorCount, inspection, problem: undefined };
}

const main = image('/main.img', 204_800, 'foreign');
const other = image('/other.img', 8192, 'blank');
const spare = image('/spare.img', 102_400, 'metadata', 204_800);
const broken: FreeImage = {
  path: '/broken.img',
  sectorCount: 0,
  inspection: undefined,
  problem: new Error('unreadable'),
};

describe('pairs of images', () => {
  it('a spare with metadata names the size of its main', () => {
    assert.ok(isSpareWithMetadata(spare) && !isSpareWithMetadata(main) && !isSpareWithMetadata(broken));
    assert.deepEqual(mainsFor(spare, [main, other, spare, broken]), [main]);
    assert.deepEqual(mainsFor(spare, [other, spare]), []);
  });

  it('an image that can not be read, or is packed, is neither main nor spare', () => {
    const packed = { ...broken, path: '/packed.img', sectorCount: main.sectorCount };
    assert.deepEqual(mainsFor(spare, [packed, main]), [main]);
    assert.deepEqual(sparesFor(main, [packed, other, broken]), [other]);
  });

  it('a main may begin as a container does: assembling tells', () => {
    const problem = new RemapError('EINVAL', 'packed', { container: 'zip' });
    const begun: FreeImage = { ...broken, path: '/begun.img', sectorCount: main.sectorCount, problem };
    assert.deepEqual(mainsFor(spare, [begun]), [begun]);
    assert.deepEqual(mainsFor(spare, [{ ...begun, sectorCount: 4096 }]), []);
  });

  it('another spare is no main, even of the right size', () => {
    const lookalike = image('/lookalike.img', 204_800, 'metadata', 999_999);
    assert.deepEqual(mainsFor(spare, [lookalike]), []);
  });

  it('a main may have its own spare first, then any image without metadata', () => {
    const foreignSpare = image('/foreign.img', 50_000, 'metadata', 77_777);
    assert.deepEqual(sparesFor(main, [other, main, spare, foreignSpare]), [spare, other]);
  });

  it('an image that is too small is no spare, unless its metadata name the main: that can be looked at', () => {
    const small = image('/small.img', 4096, 'blank');
    const shortened = image('/shortened.img', 1300, 'metadata', 204_800);
    assert.deepEqual(sparesFor(main, [small, shortened]), [shortened]);
    assert.deepEqual(sparesFor(image('/tiny.img', 2047, 'blank'), [main]), []);
  });

  it('are there if some image can be main', () => {
    assert.deepEqual(possibleMains([main, other, broken]), [main, other]);
    assert.deepEqual(possibleMains([main, spare]), [main]);
    assert.ok(hasPair([main, other]) && hasPair([spare, main]));
    const problem = new RemapError('EINVAL', 'packed', { container: 'zip' });
    assert.ok(hasPair([spare, { ...broken, sectorCount: main.sectorCount, problem }]));
    for (const images of [[], [main], [spare], [other, spare], [main, broken]]) {
      assert.ok(!hasPair(images), images.map(({ path }) => path).join());
    }
  });
});
