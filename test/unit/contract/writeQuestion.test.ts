import assert from 'node:assert/strict';
import { WRITE_BUTTONS, writeDecision, writeQuestion } from '../../../src/contract/writeQuestion';

describe('the question whether a device may write outside the workspace', () => {
  it('names the files, and offers to open the device for writing or read-only', () => {
    const { message, detail } = writeQuestion('disk', ['/home/me/vm.img', '/home/me/spare.img']);
    assert.equal(message, 'Open the device “disk” for writing? It uses 2 files outside the workspace.');
    assert.match(detail, /would go to \/home\/me\/vm\.img and \/home\/me\/spare\.img\.$/);
    assert.deepEqual(WRITE_BUTTONS, ['Open for Writing', 'Open Read-Only']);
    assert.deepEqual(WRITE_BUTTONS.map(writeDecision), [{ forWriting: true }, { readOnly: 'as you chose' }]);
    assert.equal(writeDecision(undefined), undefined);
  });
});
