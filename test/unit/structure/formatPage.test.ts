import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extrasLayout } from '../../../src/engine/metadata/codec/extras';
import type { Field } from '../../../src/engine/metadata/codec/fieldLayout';
import { scriptLayout } from '../../../src/engine/metadata/codec/scriptFormat';
import { tableRecord, tableSectorHeader } from '../../../src/engine/metadata/codec/tableSector';
import {
  COPY_COUNT,
  copySector,
  EXPANSION_OFFSET,
  STRUCTURE_SECTORS,
  v4Entry,
  v4Expansion,
  v4Header,
} from '../../../src/engine/metadata/codec/v4';

const page = readFileSync('src/engine/metadata/FORMAT.md', 'utf8');

/** Runs of rows `offset | bytes | field`, in the order of the page. */
function fieldTables(): string[][] {
  const tables: string[][] = [];
  let isInTable = false;
  for (const line of page.split('\n')) {
    const [, row] = /^\| (\d+ \| \d+ \| `[^`]+`) \|/.exec(line) ?? [];
    if (row && !isInTable) tables.push([]);
    if (row) tables.at(-1)!.push(row);
    isInTable = row !== undefined;
  }
  return tables;
}

function rowsOf(fields: readonly Field[], base = 0): string[] {
  return fields.map(
    ({ name, byteOffset, byteLength }) => `${base + byteOffset} | ${byteLength} | \`${name}\``,
  );
}

describe('FORMAT.md', () => {
  it('has every field of every structure at its place', () => {
    assert.deepEqual(fieldTables(), [
      rowsOf(v4Header.fields),
      rowsOf(v4Entry.fields),
      rowsOf(v4Expansion.fields, EXPANSION_OFFSET),
      rowsOf(extrasLayout.fields),
      rowsOf(tableSectorHeader.fields),
      rowsOf(tableRecord.fields),
      rowsOf(scriptLayout.fields),
    ]);
  });

  it('has the five copies at their places', () => {
    for (let copy = 0; copy < COPY_COUNT; copy++) {
      const first = copySector(copy);
      assert.match(page, new RegExp(`\\| ${first} to ${first + STRUCTURE_SECTORS - 1} \\| copy ${copy}`));
    }
  });
});
