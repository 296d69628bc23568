import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseStatus, type StatusLine } from '../../../../src/engine/dmsetup/status';
import { describeStatus, type StatusFormat } from '../../../../src/engine/dmsetup/statusTools';
import { NO_FIXTURES, statusFixtures } from '../../../support/dmsetup/statusFixtures';

const FORMATS: readonly StatusFormat[] = ['human', 'json', 'csv', 'compact'];
const TIME = new Date('2026-11-22T11:49:00.123Z');
const LINE =
  '0 204800 dm-remap-v4 v4.0-phase1.4 /dev/loop18 /dev/loop20 1 1 1 0 0 2 2132 1066 487155090 512 102400 ' +
  '2 0 2 0 0 2 0 0 0 100 0 0 operational real';

describe('status as dmremap-status shows it', () => {
  const fixtures = statusFixtures();
  if (fixtures.length === 0) it.skip(`the tool's outputs (${NO_FIXTURES})`);
  for (const fixture of fixtures) {
    for (const format of FORMATS) {
      it(`${fixture.name} as ${format} is what the tool printed`, () => {
        const { status, dialect } = parseStatus(fixture.text);
        const expected = fixture.rendered(format).replace(/\d{4}-\d\d-\d\dT[\d:]+Z/, '2026-11-22T11:49:00Z');
        assert.equal(describeStatus(status, format, { time: TIME, dialect }), expected);
      });
    }
  }

  const { status } = parseStatus(LINE);
  const as = (format: StatusFormat, changes: Partial<StatusLine> = {}) =>
    describeStatus({ ...status, ...changes }, format, { time: TIME });

  it('shows the true size of a spare by default', () => {
    const wrapped = parseStatus(LINE.replace(' 102400 ', ' 4294864896 ')).status;
    assert.match(describeStatus(wrapped, 'human', { time: TIME }), /50\.0 MB \(102400 sectors\)/);
    assert.equal(JSON.parse(as('json')).devices.spare_capacity_sectors, 102_400);
  });

  it('rounds an exact tie to even, as C does', () => {
    assert.match(as('compact', { averageLatencyNs: 1250 }), /latency=1\.2μs/);
    assert.match(as('compact', { averageLatencyNs: 1350 }), /latency=1\.4μs/);
    assert.match(as('compact', { averageLatencyNs: 1750 }), /latency=1\.8μs/);
    assert.match(as('compact', { peakBytesPerSecond: 2.5 * 1_048_576 }), /throughput=2MB/);
  });

  it('quotes what would break a CSV row or JSON text', () => {
    const path = '/a "b", c';
    assert.match(as('csv', { mainPath: path }), /,"\/a ""b"", c",/);
    assert.equal(JSON.parse(as('json', { mainPath: path })).devices.main, path);
  });

  it('keeps the box closed for long and short values', () => {
    const lines = as('human').trimEnd().split('\n');
    assert.deepEqual([...new Set(lines.map((line) => line.length))], [77]);
  });

  it('marks hotspots', () => {
    assert.match(as('human', { hotspotCount: 3 }), /Hotspots {14}: 3 !/);
  });

  it('property: any counters give valid JSON and one CSV row', () => {
    const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
    fc.assert(
      fc.property(u64, u64, u64, u64, (totalIos, remappedIos, cacheHits, peakBytesPerSecond) => {
        const changes = { totalIos, remappedIos, cacheHits, peakBytesPerSecond };
        assert.equal(JSON.parse(as('json', changes)).device.size_sectors, 204_800);
        assert.match(as('json', changes), new RegExp(`"total_ios": ${totalIos},`));
        assert.equal(as('csv', changes).split('\n').length, 3);
        assert.match(as('human', changes), /Remapped I\/O/);
      }),
    );
  });

  it('shows a share of far more than 100 %', () => {
    assert.match(as('human', { remappedIos: 2n ** 64n - 1n, totalIos: 1 }), /1\.8.*e\+21%/);
  });
});
