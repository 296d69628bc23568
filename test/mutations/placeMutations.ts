import { block, device, type Mutation, metadata, remap } from './mutation';

/** Defects of what is done about images that change behind the device (R13), or that don't belong to it (R8). */
export const PLACE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'R13: a write lengthens a file that was shortened',
    file: block('imagePlace'),
    in: 'ImagePlace.noteLength',
    changes: [['this.#judgeLength($SIZE);', '']],
    suite: 'block',
  },
  {
    name: 'R13: a file that replaced the open one counts as it',
    file: block('imagePlace'),
    in: 'ImagePlace.check',
    changes: [['$FOUND.ino !== $INO || $FOUND.dev !== $DEV', 'false']],
    suite: 'block',
  },
  {
    name: 'R13: a flush does not look at the path',
    file: block('imageDevice'),
    in: 'ImageDevice.#sync',
    changes: [['this.place.check()', 'Promise.resolve()']],
    suite: 'block',
  },
  {
    name: 'R13: a write under way is acknowledged when the image is found displaced',
    file: block('imageDevice'),
    in: 'ImageDevice.write',
    changes: [['if (this.place.displacement) reject($ERROR); else resolve();', 'resolve();']],
    suite: 'block',
  },
  {
    name: 'R13: places are looked at no more than once',
    file: block('placeWatch'),
    in: 'PlaceWatch.constructor',
    changes: [['this.#timer.refresh()', 'undefined']],
    suite: 'block',
  },
  {
    name: 'R13: a commit counts though main is displaced',
    file: remap('committer'),
    in: 'Committer.#writeBatch',
    changes: [['this.#observer.checkMain?.()', 'Promise.resolve()']],
    suite: 'device',
  },
  {
    name: 'R13: a flush of main that has nothing to write does not look at the path',
    file: remap('remapTarget'),
    in: 'RemapTarget.#flushMain',
    changes: [['return this.#checkMain();', 'return;']],
    suite: 'device',
  },
  {
    name: 'R13: a spare that is displaced amid a commit is left out',
    file: remap('poolCommit'),
    in: 'commitToPool',
    changes: [['if ($DISPLACED !== undefined) throw $DISPLACED;', '']],
  },
  {
    name: 'R13: a device with a displaced image goes on taking writes',
    file: device('displacedImages'),
    in: 'followPlaces',
    changes: [['$TARGET.endWrites($ERROR);', '']],
    suite: 'device',
  },
  {
    name: 'R13: what a shortened file has lost is zeros in its copy',
    file: device('saveOpenImage'),
    in: 'saveMap',
    changes: [['for (const [$FIRST, $COUNT] of lost) $ADD', '']],
    suite: 'device',
  },
  {
    name: 'R8: a spare that is shorter than its metadata say is used',
    file: metadata('spareSize'),
    in: 'refuseShort',
    changes: [['$NAMED <= $COUNT', 'true']],
    suite: 'metadata',
  },
  {
    name: 'R8: another main gives the spare its fingerprint unasked',
    file: device('mainIdentityKeeper'),
    in: 'MainIdentityKeeper.save',
    changes: [['if (this.#isDoubtful) return;', '']],
    suite: 'device',
  },
];
