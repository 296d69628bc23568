import { block, device, dmsetup, type Mutation, mapfile } from './mutation';

/** Defects in what is read from other programs' files, and written for them. */
export const FORMAT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a line of a list counts by its first number',
    file: mapfile('blockList'),
    in: 'blockNumbers',
    changes: [['!Number.isNaN($BLOCK) && $S.isAtEnd', '!Number.isNaN($BLOCK)']],
    suite: 'mapfile',
  },
  {
    name: 'UTF-16 is read as if it were a text of bytes',
    file: mapfile('textEncoding'),
    in: 'textBytes',
    changes: [['if ($_) { throw $$$ }', '']],
    suite: 'mapfile',
  },
  {
    name: 'blocks of a dm-dust script are sectors whatever its table says',
    file: mapfile('dustScript'),
    in: 'parseDustScript',
    changes: [['$TABLES.unitOf($_) ?? $BLOCKS', '$BLOCKS']],
    suite: 'mapfile',
  },
  {
    name: 'the offset in a table of dm-dust moves no block',
    file: mapfile('dustTables'),
    in: 'DustTables.read',
    changes: [['Number($START) - $_', 'Number($START)']],
    suite: 'mapfile',
  },
  {
    name: 'error segments of two devices become those of one',
    file: mapfile('segmentTable'),
    in: 'TableStack.#addBad',
    changes: [["if ($_NAME !== $_DEVICE) throw $_.#several('error');", '']],
    suite: 'mapfile',
  },
  {
    name: 'an answer of listbadblocks is read in the unit of badblocks',
    file: device('faultInjection'),
    in: 'readFaults',
    changes: [['$_.includes($$$) ? $_UNIT : undefined', 'undefined']],
    suite: 'device',
  },
  {
    name: 'a container is opened as a disk',
    file: block('image'),
    in: 'openImage',
    changes: [
      ['if (container && !options.isDisk) throw $_;', ''],
      ['if (container && !(await $_)) throw $_;', ''],
    ],
    suite: 'block',
  },
  {
    name: 'a container is taken for the main of a spare that was only formatted',
    file: device('knownDisk'),
    in: 'hasServed',
    changes: [['isUsed && $SIZE', '$SIZE']],
    suite: 'device',
  },
  {
    name: 'a fixed VHD, which only ends as one, is taken for a raw disk',
    file: block('containerFormat'),
    in: 'isVhd',
    changes: [['[head, $$$]', '[head]']],
    suite: 'block',
  },
  {
    name: 'the script enables dm-dust that is disabled',
    file: dmsetup('shellScript'),
    in: 'dustSteps',
    changes: [['enabled ? $STEP : []', '$STEP']],
    suite: 'dmsetup',
  },
  {
    name: 'sectors fail in the script that are disabled',
    file: device('deviceShellScript'),
    in: 'imageOf',
    changes: [['enabled ? always : []', 'always']],
    suite: 'device',
  },
  {
    name: 'the script says nothing of what was not rescued',
    file: device('deviceShellScript'),
    in: 'imageOf',
    changes: [['$REMARKS.push(...notRescued($$$));', '']],
    suite: 'device',
  },
  {
    name: 'a remark in the script goes on after its line',
    file: dmsetup('shellScript'),
    in: 'comment',
    changes: [['$TEXT.replace($$$)', '$TEXT']],
    suite: 'dmsetup',
  },
];
