import assert from 'node:assert/strict';
import * as manifest from '../../../src/manifest';
import { ASKING, LOOKING, WRITING } from '../../support/extension/commandKinds';

describe('Commands', () => {
  it('are each known to look or to write', () => {
    const declared = [
      manifest.commands,
      manifest.uiCommands,
      manifest.walkthroughCommands,
      manifest.editorCommands,
    ].flatMap((table) => Object.values<string>(table));
    const message =
      'list a new command as LOOKING, ASKING or WRITING in test/support/extension/commandKinds.ts (R15)';
    assert.deepEqual([...Object.keys(LOOKING), ...ASKING, ...WRITING].sort(), declared.sort(), message);
  });
});
