import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { pathFrom } from '../contract/argumentReaders';
import { mergeRescuesOptions } from '../contract/commandArguments';
import { describeMerge } from '../contract/rescueText';
import type { DevicesService } from '../devices/devicesService';
import { baseFolder } from '../devices/workspaceFiles';
import { mergeRescues, type Rescue } from '../engine';
import { define } from '../frame/command';
import { mention, warn } from '../frame/notifications';
import { commands } from '../manifest';
import { askImage, imageOf } from './askImage';

const TITLE = 'Merge Two Rescues';

/** Two rescues of one disk, and the image that they become. */
interface Merging {
  readonly first: Rescue;
  readonly second: Rescue;
  readonly path: string;
}

/** The command that makes one image and map from two. */
export function mergeCommands(devices: DevicesService) {
  return {
    [commands.mergeRescues]: define({
      progress: 'Merging two rescues',
      cancellable: true,
      fromCode: ([first, second, options]): Merging => {
        const folder = baseFolder();
        const { path, map, secondMap } = mergeRescuesOptions(options, folder);
        return {
          first: { image: pathFrom(folder)(first, 'first'), map },
          second: { image: pathFrom(folder)(second, 'second'), map: secondMap },
          path,
        };
      },
      title: TITLE,
      steps: 2,
      fromPerson: async (origin, dialog): Promise<Merging | undefined> => {
        devices.policy.requireTrust();
        const first = imageOf(origin) ?? (await askImage(devices, dialog, 'First image: its bytes win'));
        const second = await askImage(devices, dialog, `Image to merge with ${basename(first)}`, first);
        const target = await askTarget(first);
        return target && { first: { image: first }, second: { image: second }, path: target.fsPath };
      },
      run: ({ first, second, path }, { signal, report }) => {
        devices.policy.requireTrust();
        const onProgress = (fraction: number) => report(basename(path), fraction);
        return mergeRescues(first, second, path, { signal, onProgress });
      },
      tell: (merged, { second }) => {
        const text = describeMerge(merged, second.image);
        return merged.differingSectors > 0 ? warn(text) : mention(text);
      },
    }),
  };
}

function askTarget(first: string): Thenable<vscode.Uri | undefined> {
  const ending = extname(first);
  return vscode.window.showSaveDialog({
    title: TITLE,
    saveLabel: 'Merge',
    defaultUri: vscode.Uri.file(join(dirname(first), `${basename(first, ending)}-merged${ending}`)),
  });
}
