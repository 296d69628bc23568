import type { Workbench } from './workbench';

/** Something worth a picture. Scenes follow each other in one window, in the order of the list. */
export interface Scene {
  readonly name: string;
  /** Themes whose picture also goes to media/readme. */
  readonly readme?: readonly string[];
  /** Brings the window into the state to show. */
  show(window: Workbench): Promise<void>;
}

export const scenes: readonly Scene[] = [
  {
    name: 'explorer',
    async show(window) {
      await window.showContainer('Explorer');
      await window.row('disk.remap').waitFor();
    },
  },
];
