import { basename } from 'node:path';
import { type MergedRescue, SECTOR_SIZE } from '../engine';
import { formatSize, plural } from './wording';

/** What two rescues made together, in sentences. */
export function describeMerge(merged: MergedRescue, second: string): string {
  const { path, bytes, rescuedBytes, takenBytes, differing, differingSectors } = merged;
  const size = (byteCount: number) => formatSize(byteCount / SECTOR_SIZE);
  const taken = takenBytes === 0 ? 'nothing' : size(takenBytes);
  const said = [
    `Merged as ${basename(path)}: ${size(rescuedBytes)} of ${size(bytes)} are rescued, ${taken} of it only in ${basename(second)}.`,
  ];
  if (differingSectors > 0) {
    const what = `${plural(differingSectors, 'sector')} that both have ${differingSectors === 1 ? 'differs' : 'differ'}`;
    said.push(`${what}, the first is sector ${differing[0]![0]}: the first image's bytes were taken.`);
  }
  return said.join(' ');
}
