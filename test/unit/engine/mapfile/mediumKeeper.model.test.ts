import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { faultOfTag } from '../../../../src/engine/block/mediumFault';
import { faultTagOf, foundStatus, isBad, isInjected } from '../../../../src/engine/block/mediumSectors';
import { BlockError, RemapError } from '../../../../src/engine/errors';
import { MediumKeeper } from '../../../../src/engine/mapfile/mediumKeeper';
import type { BlockStatus } from '../../../../src/engine/mapfile/rescueBlocks';
import { RescueMapFile } from '../../../../src/engine/mapfile/rescueMapFile';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { fuzzRuns } from '../../../support/fuzzRuns';
import { heldTimers } from '../../../support/heldTimers';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 16;

/** What a sector is: as it was found, and what was injected over that. */
interface Sector {
  readonly found: BlockStatus;
  readonly injected: 'error' | 'dust' | null;
}

const READABLE: Sector = { found: '+', injected: null };

/** A medium and its map as plain lists of sectors. */
class Model {
  live: Sector[] = new Array<Sector>(SECTORS).fill(READABLE);
  saved: Sector[] = [...this.live];
  readonly unsaved = new Set<number>();
  readonly written = new Set<number>();

  change(sectors: readonly number[], become: (sector: Sector) => Sector): void {
    for (const sector of sectors) {
      const changed = become(this.live[sector]!);
      this.live[sector] = changed;
      if (changed.found !== '+' || changed.injected !== null) this.written.delete(sector);
    }
  }

  write(sectors: readonly number[]): void {
    for (const sector of sectors) {
      const { found, injected } = this.live[sector]!;
      const isError = injected === 'error' || (injected === null && found === '-');
      if (isError || (found === '+' && injected === null)) continue;
      this.live[sector] = READABLE;
      this.unsaved.add(sector);
      this.written.add(sector);
    }
  }

  save(): void {
    this.saved = [...this.live];
    this.unsaved.clear();
  }

  /** Another program's map is read. */
  takeOver(): void {
    for (const sector of this.written) if (this.saved[sector] !== READABLE) this.unsaved.add(sector);
    this.live = this.live.map((own, sector) => (this.unsaved.has(sector) ? own : this.saved[sector]!));
  }

  reopen(): void {
    this.live = [...this.saved];
    this.unsaved.clear();
    this.written.clear();
  }
}

const sectors = fc
  .tuple(fc.nat(SECTORS - 1), fc.integer({ min: 1, max: 6 }))
  .map(([first, count]) => Array.from({ length: Math.min(count, SECTORS - first) }, (_, i) => first + i));
const statuses = fc.array(fc.constantFrom<BlockStatus>('?', '*', '/', '-', '+', '+'), {
  minLength: SECTORS,
  maxLength: SECTORS,
});

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), sectors }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('inject' as const),
      sectors,
      mode: fc.constantFrom('error', 'dust'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('clearAll' as const, 'clearInjected' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'failing' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('theirs' as const), statuses }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('reread' as const, 'kill' as const, 'reopen' as const) }),
  },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

class Rig {
  readonly model = new Model();
  layer!: MediumErrors;
  keeper!: MediumKeeper;
  /** Whether another program wrote the map since it was read. */
  #isForeign = false;

  constructor(private readonly path: string) {}

  async open(): Promise<void> {
    const disk = new MemoryDevice(SECTORS);
    const file = new RescueMapFile(this.path, SECTORS);
    this.layer = new MediumErrors(disk, (await file.readMedium()) ?? {});
    this.keeper = new MediumKeeper(file, this.layer, { lower: disk, check: () => {}, onReread: () => {} });
    this.#isForeign = false;
  }

  async run(operation: Operation): Promise<void> {
    const { model, layer, keeper } = this;
    switch (operation.kind) {
      case 'write':
        await layer
          .write(operation.sectors[0]!, new Uint8Array(operation.sectors.length * 512))
          .catch((error) => assert.ok(error instanceof BlockError && error.code === 'EIO'));
        return model.write(operation.sectors);
      case 'inject':
        await keeper.edit((editor) => editor.inject(runOf(operation.sectors), { mode: operation.mode }));
        return this.#edited(operation.sectors, ({ found }) => ({ found, injected: operation.mode }));
      case 'clearAll':
        await keeper.edit((editor) => editor.clearAll());
        return this.#edited(ALL, () => READABLE);
      case 'clearInjected':
        await keeper.edit((editor) => editor.clearInjected());
        return this.#edited(ALL, ({ found }) => ({ found, injected: null }));
      case 'flush':
        return this.#flush();
      case 'failing':
        return this.#fail();
      case 'theirs':
        writeFileSync(this.path, mapText(operation.statuses));
        this.#isForeign = true;
        model.saved = operation.statuses.map((found) =>
          found === '+' ? READABLE : { found, injected: null },
        );
        return;
      case 'reread':
        await keeper.reread();
        return this.#refresh();
      case 'kill':
        await keeper.abandon();
        model.reopen();
        return this.open();
      case 'reopen':
        await this.#flush();
        await keeper.close();
        model.reopen();
        return this.open();
    }
  }

  check(): void {
    const told: Sector[] = [];
    for (const { sectorCount, state } of this.layer.statesIn(0, SECTORS)) {
      const mode = isBad(state) ? faultOfTag(faultTagOf(state)).mode : null;
      const sector = { found: foundStatus(state), injected: isInjected(state) ? mode : null };
      told.push(...new Array<Sector>(sectorCount).fill(sector));
    }
    assert.deepEqual(told, this.model.live);
  }

  /** The map is read and written only when something is to be saved. */
  async #flush(): Promise<void> {
    const isNeeded = this.model.unsaved.size > 0;
    await this.layer.flush();
    if (!isNeeded) return;
    this.#refresh();
    this.model.save();
  }

  /** Nothing is saved while a folder is in the map's place, and nothing else changes. */
  async #fail(): Promise<void> {
    const away = `${this.path}.away`;
    const wasThere = existsSync(this.path);
    if (wasThere) renameSync(this.path, away);
    mkdirSync(this.path);
    const refusal = (error: unknown): boolean => error instanceof RemapError && error.code === 'EINVAL';
    await assert.rejects(
      this.keeper.edit((editor) => editor.inject([[0, 1]], { mode: 'error', readFailures: 7 })),
      refusal,
    );
    if (this.model.unsaved.size > 0) await assert.rejects(this.layer.flush(), refusal);
    rmdirSync(this.path);
    if (wasThere) renameSync(away, this.path);
  }

  #edited(sectors: readonly number[], become: (sector: Sector) => Sector): void {
    this.#refresh();
    this.model.change(sectors, become);
    this.model.save();
  }

  #refresh(): void {
    if (this.#isForeign) this.model.takeOver();
    this.#isForeign = false;
  }
}

const ALL = Array.from({ length: SECTORS }, (_, sector) => sector);

function runOf(sectors: readonly number[]): (readonly [number, number])[] {
  return [[sectors[0]!, sectors.length]];
}

let maps = 0;

function mapText(statuses: readonly BlockStatus[]): string {
  const lines = statuses.map((status, sector) => `${sector * 512} 512 ${status}`);
  return `# ${maps++}\n0 + 1\n${lines.join('\n')}\n`;
}

describe('medium kept in a rescue map (model: a list of sectors)', function () {
  this.timeout(600_000);
  const folder = tempFolder();
  heldTimers();

  it('is what the model is after each operation, killed and opened again too', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const rig = new Rig(folder.path(`${run++}.map`));
        await rig.open();
        for (const operation of operations) {
          await rig.run(operation);
          rig.check();
        }
      }),
      { numRuns: fuzzRuns(200) },
    );
  });
});
