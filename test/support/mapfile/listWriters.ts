import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { faultOfTag, MAX_FAILURE_COUNT } from '../../../src/engine/block/mediumFault';
import type { ReadonlyRangeSet } from '../../../src/engine/block/rangeSet';

/** A list as `badblocks` writes it: the blocks that hold a bad sector, ascending, one a line. */
export function blockListText(badSectors: ReadonlyRangeSet, blockSize: number): string {
  const sectorsPerBlock = blockSize / SECTOR_SIZE;
  const blocks = new Set<number>();
  for (const [first, count] of badSectors) {
    for (let sector = first; sector < first + count; sector++)
      blocks.add(Math.floor(sector / sectorsPerBlock));
  }
  return [...blocks].map((block) => `${block}\n`).join('');
}

/**
 * A script that makes the sectors bad on a dm-dust device with blocks of one sector. No sector of dm-dust fails for ever:
 * those that do get the largest write fail count.
 */
export function dustScriptText(badSectors: ReadonlyRangeSet, deviceName: string): string {
  let script = '';
  for (const { first, sectorCount, tag } of badSectors.tagged()) {
    const fault = faultOfTag(tag);
    const writeFailures = fault.mode === 'dust' ? (fault.writeFailures ?? 0) : MAX_FAILURE_COUNT;
    const count = writeFailures > 0 ? ` ${writeFailures}` : '';
    for (let block = first; block < first + sectorCount; block++) {
      script += `dmsetup message ${deviceName} 0 addbadblock ${block}${count}\n`;
    }
  }
  return script;
}

/** What `dmsetup table` prints of a device over `/dev/loop0` whose bad sectors are `error` segments. */
export function tableText(badSectors: ReadonlyRangeSet, sectorCount: number): string {
  let table = '';
  let at = 0;
  const linear = (end: number) => (end > at ? `${at} ${end - at} linear 7:0 ${at}\n` : '');
  for (const [first, count] of badSectors) {
    table += `${linear(first)}${first} ${count} error \n`;
    at = first + count;
  }
  return table + linear(sectorCount);
}

/** What `mdadm --examine-badblocks` prints. */
export function mdadmText(badSectors: ReadonlyRangeSet): string {
  const lines = [...badSectors].map(([first, count]) => `${`${first}`.padStart(20)} for ${count} sectors\n`);
  return lines.length > 0
    ? `Bad-blocks on /dev/sda1:\n${lines.join('')}`
    : 'Bad-blocks list is empty in /dev/sda1\n';
}
