import type { Workbench } from './workbench';

/** Opens the sample's device in the sector editor, with its item expanded in the sidebar. */
export async function openDevice(window: Workbench): Promise<void> {
  await window.showContainer('Remap Inspector');
  await window.row('disk').waitFor();
  await window.showContainer('Explorer');
  await window.row('disk.remap').dblclick();
  const editor = await window.webview('[role="grid"]');
  await editor.locator('[role="row"]').first().waitFor();
  await window.showContainer('Remap Inspector');
  await window.expand('disk');
}

/** Collapses a row of a tree in the side bar that is expanded. */
export async function collapse(window: Workbench, label: string): Promise<void> {
  const row = window.row(label);
  if ((await row.getAttribute('aria-expanded')) !== 'true') return;
  await row.locator('.monaco-tl-twistie').click();
  await window.page.waitForTimeout(400);
}

/** Waits until the heading of a sector in sight says that. */
export async function heading(window: Workbench, text: string): Promise<void> {
  const editor = await window.webview('[role="grid"]');
  await editor.locator('[role="row"]', { hasText: text }).first().waitFor();
  await window.page.waitForTimeout(500);
}

/** Goes to a sector, with a wait until the "go to" box has the focus. */
export async function goTo(window: Workbench, sector: number): Promise<void> {
  await window.command('Remap: Go to Sector');
  await window.page.waitForTimeout(1500);
  await window.page.keyboard.type(String(sector));
  await window.page.keyboard.press('Enter');
  await window.page.waitForTimeout(500);
}

/** Drags the edge of the side bar until the side bar is that wide. VS Code allows no less than 170. */
export async function setSideBarWidth({ page }: Workbench, pixels: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) return;
  const edge = { x: box.x + box.width + 2, y: box.y + box.height / 3 };
  await page.mouse.move(edge.x, edge.y);
  await page.mouse.down();
  await page.mouse.move(edge.x + pixels - box.width, edge.y, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(300);
}
