import { block, type Mutation, remap } from './mutation';

/** Defects of the layers over a disk, and of the shortcuts that make requests faster. */
export const BLOCK_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a device is read as a file',
    file: block('regularFile'),
    in: 'openRegularFile',
    changes: [['if ($STATS.isFile()) return $HANDLE;', 'return $HANDLE;']],
    suite: 'block',
  },
  {
    name: 'a file of any size is read whole',
    file: block('regularFile'),
    in: 'readRegularFile',
    changes: [['if ($SIZE > $MAX) throw $ERROR;', '']],
    suite: 'block',
  },
  {
    name: 'a lock file of ours that is going is taken for that of a dead process',
    file: block('lockFile'),
    in: 'Contender.take',
    changes: [["if ($HOLDER !== 'unreadable' && this.here.isReleased($NONCE)) { $$$WAIT }", '']],
    suite: 'block',
  },
  {
    name: 'a submitted read passes a layer that would take it',
    file: block('layer'),
    in: 'Layer.submitRead',
    changes: [['this.#takeRead($$$)', '(null as Promise<void> | null)']],
    suite: 'block',
  },
  {
    name: 'a layer closes the device below while requests of its own are under way',
    file: block('layer'),
    in: 'Layer.#close',
    changes: [['await $REQUESTS.drained()', '']],
    suite: 'block',
  },
  {
    name: 'a layer lets reads pass when it is closed',
    file: block('layer'),
    in: 'Layer.#takeRead',
    changes: [['if ($_) return $REFUSAL;', '']],
    suite: 'block',
  },
  {
    name: 'a bad sector lets a read pass',
    file: block('mediumErrors'),
    in: 'MediumErrors.ownRead',
    changes: [['return $_ ? $OWN : null;', 'return null;']],
    suite: 'block',
  },
  {
    name: 'flakey lets a read pass while it is down',
    file: block('flakey'),
    in: 'Flakey.ownRead',
    changes: [['if ($CONFIG.errorReads) $_', '']],
    suite: 'block',
  },
  {
    name: 'the volatile cache answers a read with what is below',
    file: block('volatileCache'),
    in: 'VolatileCache.ownRead',
    changes: [['return $_ ? $OWN : null;', 'return null;']],
    suite: 'block',
  },
  {
    name: 'what was read ahead outlives a write',
    file: block('readAhead'),
    in: 'ReadAhead.#change',
    changes: [['if ($W && touches($W, $$$)) $W = null;', '']],
    suite: 'block',
  },
  {
    name: 'what is being read ahead outlives a write',
    file: block('readAhead'),
    in: 'ReadAhead.#change',
    changes: [['if ($W && touches($W, $$$)) $W.isStale = true;', '']],
    suite: 'block',
  },
  {
    name: 'reading ahead begins while a write is under way',
    file: block('readAhead'),
    in: 'ReadAhead.ownRead',
    changes: [['$BUSY || $WRITES > 0', '$BUSY']],
    suite: 'block',
  },
  {
    name: 'the filter looks at the first page of a run only',
    file: remap('sectorFilter'),
    in: 'SectorFilter.mayHaveIn',
    changes: [
      [
        'for (let $PAGE = $FIRST; $PAGE <= $_; $PAGE++) $LOOK',
        'for (let $PAGE = $FIRST; $PAGE <= $FIRST; $PAGE++) $LOOK',
      ],
    ],
  },
];
