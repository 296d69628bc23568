import assert from 'node:assert/strict';
import { clearingText, rangesText, restartText } from '../../../src/cli/resultTexts';
import type { CommandResults } from '../../../src/contract/commandResults';
import type { SectorRange } from '../../../src/engine';
import { HOSTILE_NAMES } from '../../support/hostileNames';

const CONTROL = /(?!\n)\p{Cc}/u;

function cleared(changes: Partial<CommandResults['clearErrors']>): CommandResults['clearErrors'] {
  const info = { name: 'disk', badSectors: 0, notRescued: 0, flakey: null, kept: [], ...changes };
  return info as unknown as CommandResults['clearErrors'];
}

describe('Results for people on the command line', () => {
  it('say what a clear left', () => {
    assert.equal(clearingText(cleared({})), 'disk: no faults\n');
    const text = clearingText(cleared({ badSectors: 2, notRescued: 3, kept: ['/disk.map.1'] }));
    assert.equal(
      text,
      'disk: 2 bad sectors, 3 not rescued\nKept what another program had found: /disk.map.1\n',
    );
    assert.match(clearingText(cleared({ flakey: '0 1 1 error_reads' })), /^disk: main \S+/);
  });

  it('say what a reboot lost', () => {
    const device = { name: 'disk', state: 'active', remaps: 3, metadata: { sequence: 5 } };
    const result = {
      before: [device],
      after: [{ ...device, remaps: 1 }],
    } as unknown as CommandResults['reboot'];
    assert.equal(restartText(result), 'disk: active, 1 remap\ndisk lost 2 remap entries\n');
    const kept = { before: [device], after: [{ ...device, state: 'readonly' }] };
    assert.equal(
      restartText(kept as unknown as CommandResults['reboot']),
      'disk: read-only, 3 remaps\nNothing is lost\n',
    );
  });

  it('send no control character of a name to the terminal', () => {
    for (const name of HOSTILE_NAMES) {
      assert.doesNotMatch(clearingText(cleared({ name, kept: [name] })), CONTROL);
    }
  });

  it('cut a long list of ranges', () => {
    const ranges = Array.from({ length: 102 }, (_, i): SectorRange => [i * 10, 2]);
    assert.match(rangesText(ranges), /^0-1, 10-11, .*990-991, and 2 more ranges$/);
    assert.equal(rangesText([]), 'none');
  });
});
