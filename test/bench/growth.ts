import { writeFile } from 'node:fs/promises';
import { planRequest } from '../../src/engine/remap/requestPlan';
import { amount, IS_DOCUMENTED } from './effort';
import { fullTable, sectorsToLookUp } from './entryRows';
import { median } from './rounds';
import { atMost, judge, type Row } from './row';

const SIZES = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].slice(0, amount(7, 4));
const REQUESTS = amount(100_000, 1000);
const ROUNDS = amount(7, 1);
/** With logarithmic growth a tenfold adds one wait for memory at most; with linear growth it would add thousands of nanoseconds. */
const WAIT_NS = atMost(100);
const PICTURE = 'media/readme/growth.svg';

interface Point {
  readonly entries: number;
  /** To split a 4 KiB request, and to look one sector up; half of them meet a remap. */
  readonly planNs: number;
  readonly lookupNs: number;
}

/** How the cost of a request grows with the number of remaps: a verdict, and a picture where the rows are documented. */
export async function measureGrowth(): Promise<Row[]> {
  const points = SIZES.map(measure);
  if (IS_DOCUMENTED) await writeFile(PICTURE, picture(points));
  return [
    judge('growth of a lookup, per tenfold of remaps', growthPerDecade(points, 'lookupNs'), 'ns', WAIT_NS),
    judge('growth of splitting a request, per tenfold', growthPerDecade(points, 'planNs'), 'ns', WAIT_NS),
  ];
}

/** Logarithmic growth adds the same for each tenfold; this is the average of what is added. */
function growthPerDecade(points: readonly Point[], key: 'planNs' | 'lookupNs'): number {
  const [first] = points;
  return Math.max(0, (points.at(-1)![key] - first![key]) / (points.length - 1));
}

function measure(entries: number): Point {
  const table = fullTable(entries);
  const sectors = sectorsToLookUp(entries, REQUESTS);
  const time = (work: (sector: number) => void): number => {
    const times = Array.from({ length: ROUNDS }, () => {
      const startedAt = performance.now();
      for (let i = 0; i < REQUESTS; i++) work(sectors[i]!);
      return ((performance.now() - startedAt) * 1e6) / REQUESTS;
    });
    return median(times);
  };
  return {
    entries,
    planNs: time((sector) => planRequest(table, sector, 8)),
    lookupNs: time((sector) => table.slotOf(sector)),
  };
}

const WIDTH = 640;
const HEIGHT = 320;
const MARGIN = 56;

/** Both curves over the number of remaps, by tenfolds: a straight line is logarithmic growth. */
function picture(points: readonly Point[]): string {
  const highest = Math.max(...points.flatMap(({ planNs, lookupNs }) => [planNs, lookupNs]));
  const top = Math.ceil(highest / 50) * 50;
  const x = (i: number): number => MARGIN + (i * (WIDTH - 2 * MARGIN)) / (points.length - 1);
  const y = (ns: number): number => HEIGHT - MARGIN - (ns * (HEIGHT - 2 * MARGIN)) / top;
  const curve = (key: 'planNs' | 'lookupNs'): string =>
    points.map((point, i) => `${x(i).toFixed(1)},${y(point[key]).toFixed(1)}`).join(' ');
  const label = (text: string, at: string): string => `<text ${at} font-size="12" fill="#666">${text}</text>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif">`,
    '<title>Cost of a request over the number of remaps</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<path d="M${MARGIN} ${MARGIN}V${HEIGHT - MARGIN}H${WIDTH - MARGIN}" fill="none" stroke="#999"/>`,
    `<polyline points="${curve('planNs')}" fill="none" stroke="#0068c9" stroke-width="2"/>`,
    `<polyline points="${curve('lookupNs')}" fill="none" stroke="#c94800" stroke-width="2" stroke-dasharray="6 3"/>`,
    ...points.map(({ entries }, i) =>
      label(entries.toLocaleString('en'), `x="${x(i)}" y="${HEIGHT - MARGIN + 18}" text-anchor="middle"`),
    ),
    label(`${top} ns`, `x="${MARGIN - 6}" y="${MARGIN + 4}" text-anchor="end"`),
    label('0', `x="${MARGIN - 6}" y="${HEIGHT - MARGIN + 4}" text-anchor="end"`),
    label('remaps', `x="${WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle"`),
    label('splitting a 4 KiB request (solid), looking one sector up (dashed)', `x="${MARGIN}" y="28"`),
    '</svg>',
  ].join('\n')}\n`;
}
