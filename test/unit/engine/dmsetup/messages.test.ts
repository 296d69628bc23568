import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  CLEAR_STATS_REPLY,
  cacheStatsReply,
  healthReply,
  helpReply,
  parseBaseZero,
  parseMessage,
  statsReply,
  statusReply,
  testRemapRefusal,
  testRemapReply,
} from '../../../../src/engine/dmsetup/messages';
import { RemapError } from '../../../../src/engine/errors';
import { fuzzRuns } from '../../../support/fuzzRuns';

function refusalText(text: string): string {
  try {
    parseMessage(text);
  } catch (error) {
    assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
    return error.message;
  }
  assert.fail('was not refused');
}

describe('dm-remap messages', () => {
  it('reads each command in any case, with blanks around it', () => {
    for (const command of ['help', 'status', 'stats', 'clear_stats', 'health', 'cache_stats']) {
      assert.deepEqual(parseMessage(command), { command });
      assert.deepEqual(parseMessage(`  ${command.toUpperCase()} \n`), { command });
    }
  });

  it('reads test_remap with numbers of any base', () => {
    assert.deepEqual(parseMessage('test_remap 1000 0x514'), {
      command: 'test_remap',
      badSector: 1000,
      spareSector: 1300,
    });
    assert.deepEqual(parseMessage('TEST_REMAP 0 010 ignored'), {
      command: 'test_remap',
      badSector: 0,
      spareSector: 8,
    });
  });

  it("refuses in the kernel's words", () => {
    assert.equal(refusalText('test_remap'), 'Usage: test_remap <bad_sector> <spare_sector>');
    assert.equal(refusalText('test_remap 5'), 'Usage: test_remap <bad_sector> <spare_sector>');
    assert.equal(refusalText('add_remap 1 2'), "Unknown command 'add_remap'. Try 'help'");
    assert.match(refusalText('  '), /Try 'help'$/);
    assert.match(refusalText('test_remap 5 6x'), /^6x is not a sector/);
  });

  it('reads base-0 numbers as C does, and nothing else', () => {
    const cases: [string, number | undefined][] = [
      ['0', 0],
      ['42', 42],
      ['0x1F', 31],
      ['0X1f', 31],
      ['017', 15],
      ['08', undefined],
      ['0x', undefined],
      ['', undefined],
      ['-1', undefined],
      ['1e3', undefined],
      ['0b1', undefined],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ['9007199254740992', undefined],
    ];
    for (const [word, value] of cases) assert.equal(parseBaseZero(word), value, word);
  });

  it('formats every reply', () => {
    assert.equal(helpReply(), 'Commands: help, status, stats, clear_stats, health, cache_stats, test_remap');
    assert.equal(helpReply('v4.0.3'), 'Commands: help, status, stats, clear_stats, health, cache_stats');
    assert.equal(
      statusReply({ mappings: 5, reads: 304, writes: 6, errors: 7, healthScore: 95 }),
      'mappings=5 reads=304 writes=6 errors=7 health=95%',
    );
    assert.equal(
      statsReply({
        totalIos: 1,
        normalIos: 2,
        remappedIos: 3,
        errors: 4,
        remappedSectors: 5,
        averageLatencyNs: 6,
        maximumLatencyNs: 7,
      }),
      'total_ios=1 normal=2 remapped=3 errors=4 remapped_sectors=5 avg_latency_ns=6 max_latency_ns=7',
    );
    assert.equal(CLEAR_STATS_REPLY, 'Statistics cleared');
    assert.equal(
      healthReply({ healthScore: 95, scanCount: 2, hotspotSectors: 3, consecutiveErrors: 4 }),
      'health_score=95% scan_count=2 hotspot_sectors=3 consecutive_errors=4 trend=0',
    );
    assert.equal(
      cacheStatsReply({ cacheHits: 2, cacheMisses: 1, fastPathHits: 2, cacheSize: 256 }),
      'cache_hits=2 cache_misses=1 hit_rate=66% fast_path=2 cache_size=256',
    );
    assert.match(
      cacheStatsReply({ cacheHits: 0, cacheMisses: 0, fastPathHits: 0, cacheSize: 0 }),
      /hit_rate=0%/,
    );
    assert.equal(
      testRemapReply(1000, 1300),
      'Created test remap: bad_sector=1000 spare_sector=1300 (metadata write requested)',
    );
    assert.equal(testRemapRefusal(1000).code, 'EEXIST');
    assert.match(testRemapRefusal(1000).message, /^Failed to add remap: -17/);
  });

  it('property: a number comes back from each base', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (value) => {
        assert.equal(parseBaseZero(String(value)), value);
        assert.equal(parseBaseZero(`0x${value.toString(16)}`), value);
        assert.equal(parseBaseZero(`0${value.toString(8)}`), value);
      }),
    );
  });

  it('property: any text gives a result or one of our errors', () => {
    const near = fc.tuple(fc.constantFrom('test_remap ', 'HELP ', ''), fc.string()).map(([a, b]) => a + b);
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        try {
          const message = parseMessage(text);
          if (message.command === 'test_remap') assert.ok(message.badSector >= 0 && message.spareSector >= 0);
        } catch (error) {
          assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
        }
      }),
      { numRuns: fuzzRuns(1000) },
    );
  });
});
