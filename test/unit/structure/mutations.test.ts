import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { BLOCK_MUTATIONS } from '../../mutations/blockMutations';
import { METADATA_MUTATIONS } from '../../mutations/metadataMutations';
import { mutate } from '../../mutations/mutation';
import { REMAP_MUTATIONS } from '../../mutations/remapMutations';

describe('Mutations', () => {
  for (const mutation of [...REMAP_MUTATIONS, ...METADATA_MUTATIONS, ...BLOCK_MUTATIONS]) {
    it(`can be made: ${mutation.name}`, () => {
      const text = readFileSync(mutation.file, 'utf8');
      assert.notEqual(mutate(text, mutation), text);
    });
  }
});
