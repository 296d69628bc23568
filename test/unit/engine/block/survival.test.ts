import assert from 'node:assert/strict';
import { seededRandom } from '../../../../src/engine/block/random';
import { randomSurvival, type SurvivalMode } from '../../../../src/engine/block/survival';

/** Which of writes 10 to 13, of three sectors each, survive: one row of booleans a write. */
function outcome(seed: number): { mode: SurvivalMode; rows: boolean[][] } {
  const survival = randomSurvival(seededRandom(seed), 10, 14);
  const rows = [10, 11, 12, 13].map((write) => [0, 1, 2].map((sector) => survival.survives(sector, write)));
  return { mode: survival.mode, rows };
}

function outcomes(mode: SurvivalMode): boolean[][][] {
  const all = Array.from({ length: 3000 }, (_, seed) => outcome(seed));
  const chosen = all.filter((one) => one.mode === mode).map((one) => one.rows);
  assert.ok(chosen.length > 100, `${mode} came up ${chosen.length} times`);
  return chosen;
}

const whole = (row: readonly boolean[]): boolean => row.every((survived) => survived === row[0]);
const distinct = (runs: readonly boolean[][][]): number =>
  new Set(runs.map((rows) => JSON.stringify(rows))).size;

describe('randomSurvival', () => {
  it('repeats an outcome for the same seed', () => {
    for (let seed = 0; seed < 100; seed++) assert.deepEqual(outcome(seed), outcome(seed));
  });

  it('keeps everything or nothing at times', () => {
    for (const rows of outcomes('all')) assert.ok(rows.flat().every((survived) => survived));
    for (const rows of outcomes('none')) assert.ok(rows.flat().every((survived) => !survived));
  });

  it('keeps or drops whole writes, in every combination', () => {
    const runs = outcomes('writes');
    for (const rows of runs) assert.ok(rows.every(whole));
    assert.equal(distinct(runs), 16);
  });

  it('keeps the earlier writes or the later ones, cut at every place', () => {
    for (const [mode, ordered] of [
      ['prefix', [true, false]],
      ['suffix', [false, true]],
    ] as const) {
      const runs = outcomes(mode);
      assert.equal(distinct(runs), 5, mode);
      for (const rows of runs) {
        assert.ok(rows.every(whole));
        const firsts = rows.map((row) => row[0]!);
        const turn = firsts.indexOf(ordered[1]);
        assert.ok(turn < 0 || firsts.slice(turn).every((survived) => survived === ordered[1]), mode);
      }
    }
  });

  it('tears writes between their sectors', () => {
    const runs = outcomes('sectors');
    assert.ok(runs.filter((rows) => rows.some((row) => !whole(row))).length > runs.length / 2);
  });
});
