import { resolve } from 'node:path';
import { mergeRescuesOptions } from '../contract/commandArguments';
import { describeMerge } from '../contract/rescueText';
import { mergeRescues } from '../engine';
import type { Given } from './commandLine';
import { EXIT } from './exitCodes';
import { pathOption, usage } from './operands';
import type { Surroundings } from './surroundings';

/** Merges two rescues. Bytes that both have and that differ are something bad. @throws UsageError; RemapError */
export async function runMerge(given: Given, { terminal, task }: Surroundings): Promise<number> {
  const [image, second, path] = given.operands.map((operand) => resolve(operand)) as [string, string, string];
  const options = { path, map: pathOption(given, 'map'), secondMap: pathOption(given, 'second-map') };
  const { map, secondMap } = usage(given, () => mergeRescuesOptions(options, undefined));
  const merged = await mergeRescues({ image, map }, { image: second, map: secondMap }, path, {
    signal: task.signal,
    onProgress: (fraction) => task.report('merging', fraction),
  });
  await terminal.print(given.json ? `${JSON.stringify(merged)}\n` : `${describeMerge(merged, second)}\n`);
  return merged.differingSectors > 0 ? EXIT.foundBad : EXIT.done;
}
