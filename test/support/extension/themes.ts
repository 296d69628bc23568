import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { WindowDocument } from './driver';
import { until } from './remap';

/** The four kinds of colour theme, by the class that each gives a page; the names differ between versions of VS Code. */
const THEMES: Readonly<Record<string, RegExp>> = {
  'vscode-dark': /Dark Modern$/,
  'vscode-light': /Light Modern$/,
  'vscode-high-contrast': /High Contrast$/,
  'vscode-high-contrast-light': /High Contrast Light$/,
};

/** Does something in a theme of each kind, once the page has it. The last theme stays: see {@link resetTheme}. */
export async function inEachTheme(
  page: WindowDocument,
  act: (theme: string) => Promise<void>,
): Promise<void> {
  for (const [kind, name] of Object.entries(THEMES)) {
    const theme = themeNamed(name);
    await setTheme(theme);
    await until('the page has the theme', () =>
      page.evaluate((wanted: string) => document.body.classList.contains(wanted), kind),
    );
    await act(theme);
  }
}

/** Has the usual theme again. */
export function resetTheme(): Promise<void> {
  return setTheme(undefined);
}

/** The theme that VS Code brings, as its setting names it. */
function themeNamed(name: RegExp): string {
  const themes = vscode.extensions.all.flatMap(
    ({ packageJSON }) => (packageJSON?.contributes?.themes ?? []) as { id?: string; label: string }[],
  );
  const found = themes.map(({ id, label }) => id ?? label).find((theme) => name.test(theme));
  return found ?? assert.fail(`no theme ${name}`);
}

async function setTheme(theme: string | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration('workbench');
  await settings.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
}
