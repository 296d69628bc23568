import { driver } from './driver';
import { call, until } from './remap';

/** The selector of a row of any tree in the side bar, by the beginning of what a screen reader says of it. */
export function rowOf(spoken: string): string {
  return `.sidebar .monaco-list-row[aria-label^="${spoken}"]`;
}

/** Shows a device with its content. Asks again and again: VS Code doesn't expand a row while it refreshes the tree. */
export async function showOpened(name: string, deviceKey: string): Promise<void> {
  const opened = `${rowOf(`Device ${name},`)}[aria-expanded="true"]`;
  await until(`${name} is open`, async () => {
    await call('remap.showDevice', { treeReference: true, deviceKey });
    return (await driver.workbench.texts(opened)).length > 0;
  });
}

/** Expands a row that is collapsed. */
export async function expand(spoken: string): Promise<void> {
  await driver.workbench.click(`${rowOf(spoken)}[aria-expanded="false"] .monaco-tl-twistie`);
}
