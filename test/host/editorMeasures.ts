/**
 * What `npm run bench:editor` runs in documents of the window. Each of these functions is sent there as text: it sees its
 * argument and nothing else of this file.
 */

/** Waits a moment for the first frame with bytes. @returns when that was, in milliseconds since 1970; null: not yet */
export async function firstFrameWithBytes(): Promise<number | null> {
  const isByte = (text: string | null | undefined) => /^[0-9a-f]{2}$/i.test(text?.trim() ?? '');
  const hasBytes = () => {
    if (document.querySelector('#grid')) {
      const cells = document.querySelectorAll('.row:not([hidden]) .bytes:not([hidden]) .hex .cell');
      return isByte(cells[0]?.textContent);
    }
    // Of another editor it isn't known what its cells are called.
    const texts = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    for (let i = 0; i < 2000 && texts.nextNode(); i++) {
      if (isByte(texts.currentNode.textContent)) return true;
    }
    return false;
  };
  for (let looks = 0; looks < 50; looks++) {
    if (hasBytes()) {
      await Promise.race([
        new Promise((resolve) => requestAnimationFrame(resolve)),
        new Promise((resolve) => setTimeout(resolve, 50)),
      ]);
      return performance.timeOrigin + performance.now();
    }
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return null;
}

/** Of the workbench: notes when a file was opened by a double click. */
export function noteOpening(): void {
  document.addEventListener(
    'dblclick',
    () => Object.assign(window, { openedAt: performance.timeOrigin + performance.now() }),
    { capture: true },
  );
}

/** Goes to each of the sectors by the box. @returns milliseconds from Enter to the frame with its bytes, for each */
export async function goToSectors(sectors: readonly number[]): Promise<number[]> {
  const box = document.querySelector<HTMLInputElement>('.goto')!;
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const isShown = (sector: number) => {
    const offset = (sector * 512).toString(16).toUpperCase();
    return [...document.querySelectorAll<HTMLElement>('.row:not([hidden]) .bytes:not([hidden])')].some(
      (row) =>
        row.querySelector('.offset')?.textContent?.replace(/^0+/, '') === offset &&
        /^[0-9A-F]{2}$/.test(row.querySelector('.hex .cell')?.textContent ?? ''),
    );
  };
  const times: number[] = [];
  for (const sector of sectors) {
    box.value = String(sector);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    const begun = performance.now();
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    const deadline = begun + 10_000;
    while (!isShown(sector)) {
      await frame();
      if (performance.now() > deadline) throw new Error(`sector ${sector} was not shown within 10 s`);
    }
    times.push(performance.now() - begun);
  }
  return times;
}

/** Finds bytes that are there. @returns milliseconds from Enter to the answer */
export async function findBytes(hex: string): Promise<number> {
  const input = document.querySelector<HTMLInputElement>('.find-input')!;
  const status = document.querySelector<HTMLElement>('.find-status')!;
  [...document.querySelectorAll<HTMLElement>('.find-bar [role="radio"]')]
    .find((radio) => radio.textContent === 'Hex')
    ?.click();
  input.value = hex;
  status.textContent = '';
  const begun = performance.now();
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  while (!/^(Sector|Not found)/.test(status.textContent ?? '')) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  if (status.textContent?.startsWith('Not')) throw new Error('the bytes were not found');
  return performance.now() - begun;
}

/** @param wheel whether each frame turns a wheel over the bytes. @returns frames a second over so many milliseconds */
export async function countFrames({ ms, wheel }: { ms: number; wheel: boolean }): Promise<number> {
  const target =
    document.querySelector('#grid') ?? document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const begun = await frame();
  let now = begun;
  let frames = 0;
  for (; now < begun + ms; frames++) {
    if (wheel)
      target?.dispatchEvent(new WheelEvent('wheel', { deltaY: 100, bubbles: true, cancelable: true }));
    now = await frame();
  }
  return (frames * 1000) / (now - begun);
}
