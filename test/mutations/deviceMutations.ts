import { concurrency, device, type Mutation, remap } from './mutation';

/** Defects of what is durable when (R6, R7), of suspension and counters (R11, R12), and of looking that writes (R15). */
export const DEVICE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'R6: entries serve before their commit is durable',
    file: remap('committer'),
    in: 'Committer.#commitWaiting',
    changes: [
      [
        'await $WRITE(new Map([...$BATCH.changed, ...$BATCH.added]), {}, $COUNT)',
        'await (this.#publish($BATCH), $WRITE(new Map([...$BATCH.changed, ...$BATCH.added]), {}, $COUNT))',
      ],
    ],
  },
  {
    name: 'R6: a failed commit is taken for a good one',
    file: remap('committer'),
    in: 'Committer.#commitWaiting',
    changes: [
      ['$REQUEST.fail($ERROR)', 'void $ERROR'],
      ['return;', ';'],
    ],
  },
  {
    name: 'R6: what a failed commit leaves in doubt is forgotten',
    file: remap('committer'),
    in: 'Committer.#commitWaiting',
    changes: [['$DOUBT.add($SECTOR)', '']],
  },
  {
    name: 'R6: a flush leaves doubt about the table',
    file: remap('committer'),
    in: 'Committer.synchronize',
    changes: [['await this.#endAllDoubt()', '']],
    suite: 'device',
  },
  {
    name: 'R6: a flush leaves main out',
    file: remap('remapTarget'),
    in: 'RemapTarget.#flushMain',
    changes: [['await $MAIN.flush()', '']],
  },
  {
    name: 'R6: a flush leaves the spare out',
    file: remap('sparePool'),
    in: 'SparePool.flush',
    changes: [['$MEMBER.device!.flush()', 'Promise.resolve($MEMBER)']],
  },
  {
    name: 'R6: a flush after a discard leaves main out',
    file: remap('remapTarget'),
    in: 'RemapTarget.#discardOut',
    changes: [['$WRITES++', '']],
  },
  {
    name: 'R6: an un-remap ends the entry before its data are durable on main',
    file: remap('unremap'),
    in: 'makeDurableOn',
    changes: [['await $MAIN.flush()', '']],
  },
  {
    name: 'R6: an un-remap believes a main that drops writes',
    file: remap('unremap'),
    in: 'makeDurableOn',
    changes: [['$KEPT && $SAME === 0', 'true']],
  },
  {
    name: 'R6: an un-remap gives data of main up that a kernel wrote after it made the entry',
    file: remap('unremap'),
    in: 'unremap',
    changes: [['if ($FLAGS === PENDING) await $REFUSE($$$ALL)', '']],
  },
  {
    name: 'R6: after a drop that failed a commit writes only what it changes',
    file: remap('committer'),
    in: 'Committer.drop',
    changes: [['this.expectAll()', '']],
  },
  {
    name: 'R6: writes do not wait until doubt about their sectors has ended',
    file: remap('remapTarget'),
    in: 'RemapTarget.#exclusively',
    changes: [['if ($COMMITTER.hasDoubt) $END_IT', '']],
  },
  {
    name: 'R11: a suspended device goes on taking requests',
    file: concurrency('ioGate'),
    in: 'IoGate.isOpen',
    changes: [['$HOLD === null && $OPEN', '$OPEN']],
  },
  {
    name: 'R11: a suspension does not wait for what is under way',
    file: concurrency('ioGate'),
    in: 'IoGate.suspend',
    changes: [['await $REQUESTS.drained()', '']],
  },
  {
    name: 'R11: a resume lets requests in amid work that needs the device at rest',
    file: concurrency('ioGate'),
    in: 'IoGate.#openUnlessNeeded',
    changes: [['$SUSPENDED || $AT_WORK', '$SUSPENDED']],
  },
  {
    name: 'R11: a removal leaves the requests that wait unanswered',
    file: concurrency('ioGate'),
    in: 'IoGate.shut',
    changes: [['$HOLD?.reject($_)', '']],
  },
  {
    name: 'R12: failed requests are not counted',
    file: remap('remapTarget'),
    in: 'RemapTarget.#writeOut',
    changes: [['$STATISTICS.errors++', '']],
  },
  {
    name: 'R7: copies are not repaired on opening',
    file: device('construct'),
    in: 'repairStores',
    changes: [['await $STORE.repair()', '']],
  },
  {
    name: 'R12: errors of reads are not counted (B13)',
    file: remap('remapTarget'),
    in: 'RemapTarget.#readFailed',
    changes: [['$STATISTICS.errors++', '']],
  },
  {
    name: 'R15: a device that is opened read-only takes locks',
    file: device('disk'),
    in: 'Disk.open',
    changes: [['openImage($PATH, $_)', 'openImage($PATH, { readOnly, lock: true })']],
    suite: 'machine',
  },
  {
    name: 'R15: a module that comes late writes to a device that is opened read-only',
    file: device('construct'),
    in: 'useMetadata',
    changes: [['[openedReason($_), $$$OTHERS]', '[$$$OTHERS]']],
    suite: 'machine',
  },
  {
    name: 'R15: checking the metadata settles the copies first',
    file: device('deviceMetadata'),
    in: 'checkMetadata',
    changes: [
      [
        'return $COMMITTER.whileAtRest($LOOK)',
        'return $COMMITTER.settle().then(() => $COMMITTER.whileAtRest($LOOK))',
      ],
    ],
    suite: 'device',
  },
  {
    name: 'R15: verifying a marker moves its sector',
    file: remap('readRescue'),
    in: 'ReadRescue.retry',
    changes: [['if (moves) await $RESCUE;', 'await $RESCUE;']],
    suite: 'device',
  },
  {
    name: 'R15: a read-only device takes another spare',
    file: device('newMember'),
    in: 'addSpare',
    changes: [['device.requireWritable()', '']],
    suite: 'device',
  },
  {
    name: 'R15: a read-only device lets sectors be made bad by a message',
    file: device('deviceMessages'),
    in: 'handleMessage',
    changes: [['device.requireWritable()', '']],
    suite: 'device',
  },
  {
    name: 'R11: nothing tells that a request waits',
    file: concurrency('ioGate'),
    in: 'IoGate.whenOpen',
    changes: [['this.onHeld()', '']],
    suite: 'concurrency',
  },
];
