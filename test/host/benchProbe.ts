/**
 * What `npm run bench:editor` runs in documents of the window. Each of these functions is sent there as text: it sees its
 * argument, the document, and what {@link installProbe} left in it.
 */

/** Times of a document, in milliseconds since 1970, so that those of two documents compare. */
interface Probe {
  now(): number;
  /** The offsets of the rows that show bytes. */
  rows(): number[];
  /** Ends when the next frame is painted. */
  painted(): Promise<void>;
  /** When the row of an offset was painted. Fails after a minute. */
  shown(byteOffset: number): Promise<number>;
}

declare global {
  /** Of documents that {@link installProbe} ran in. */
  var probe: Probe;
  /** Of the workbench; see {@link noteTimes}. */
  var openedAt: number;
  var enteredAt: number;
}

/** Leaves a {@link Probe} in the document as `probe`. */
export function installProbe(): void {
  const isByte = (text: string | null | undefined) => /^[0-9A-F]{2}$/i.test(text ?? '');
  const ours = () =>
    [...document.querySelectorAll('.row:not([hidden]) .bytes:not([hidden])')].flatMap((row) => {
      const offset = row.querySelector('.offset')?.textContent;
      return offset && isByte(row.querySelector('.hex .cell')?.textContent)
        ? [Number.parseInt(offset, 16)]
        : [];
    });
  // In Hex Editor each cell has its key, and stands in a group after that of the row's address.
  const theirs = () =>
    [...document.querySelectorAll('[data-key]:first-child')].flatMap((cell) => {
      const address = cell.parentElement?.previousElementSibling?.textContent ?? '';
      return /^[0-9a-f]{8,}$/i.test(address) && isByte(cell.textContent)
        ? [Number.parseInt(address, 16)]
        : [];
    });
  const now = () => performance.timeOrigin + performance.now();
  const rows = () => (document.querySelector('#grid') ? ours() : theirs());
  const painted = () =>
    new Promise<void>((resolve) => {
      // A task that a frame begins with is done after that frame was painted.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      });
    });
  const shown = async (byteOffset: number) => {
    for (const begun = now(); ; ) {
      await painted();
      if (rows().includes(byteOffset)) return now();
      if (now() > begun + 60_000) throw new Error(`byte ${byteOffset} was not shown within 60 s`);
    }
  };
  Object.assign(globalThis, { probe: { now, rows, painted, shown } satisfies Probe });
}

/** Waits a moment for the first frame with bytes. @returns when that was; null: not yet */
export async function firstFrameWithBytes(): Promise<number | null> {
  for (let looks = 0; looks < 20; looks++) {
    // A document that isn't shown yet has no frames.
    await Promise.race([probe.painted(), new Promise((resolve) => setTimeout(resolve, 50))]);
    if (probe.rows().length > 0) return probe.now();
  }
  return null;
}

/** Of the workbench: notes as `openedAt` and `enteredAt` when a file was opened by a double click, and when text was entered. */
export function noteTimes(): void {
  const note = (event: string, name: string) =>
    document.addEventListener(
      event,
      () => Object.assign(globalThis, { [name]: performance.timeOrigin + performance.now() }),
      { capture: true },
    );
  note('dblclick', 'openedAt');
  note('input', 'enteredAt');
}

/** Of our page: goes by the box to the sectors that begin at these bytes. @returns milliseconds from Enter to the frame that has its row */
export async function goToBytes(byteOffsets: readonly number[]): Promise<number[]> {
  const box = document.querySelector<HTMLInputElement>('.goto')!;
  const times: number[] = [];
  for (const byteOffset of byteOffsets) {
    box.value = String(byteOffset / 512);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    await probe.painted();
    const begun = probe.now();
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    times.push((await probe.shown(byteOffset)) - begun);
  }
  return times;
}

/** Of our page: finds bytes that are there by the find bar. @returns milliseconds from Enter to the frame with the answer */
export async function findBytes(hex: string): Promise<number> {
  const input = document.querySelector<HTMLInputElement>('.find-input')!;
  const status = document.querySelector<HTMLElement>('.find-status')!;
  [...document.querySelectorAll<HTMLElement>('.find-bar [role="radio"]')]
    .find((radio) => radio.textContent === 'Hex')
    ?.click();
  input.value = hex;
  await probe.painted();
  const begun = probe.now();
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  while (!/^(Sector|Not found)/.test(status.textContent ?? '')) await probe.painted();
  if (status.textContent?.startsWith('Not')) throw new Error('the bytes were not found');
  return probe.now() - begun;
}

/** Of Hex Editor's page: waits until its search says how many results there are. @returns when that was painted */
export async function resultsCounted(): Promise<number> {
  const isCounted = () =>
    [...document.querySelectorAll('div')].some((each) => /^[\d.,]+ results?$/.test(each.textContent ?? ''));
  for (const begun = probe.now(); !isCounted(); ) {
    await probe.painted();
    if (probe.now() > begun + 120_000) throw new Error('no results were counted within 120 s');
  }
  return probe.now();
}

/** @param scrolls whether each frame scrolls by 100 pixels. @returns frames a second over so many milliseconds */
export async function countFrames({ ms, scrolls }: { ms: number; scrolls: boolean }): Promise<number> {
  const grid = document.querySelector('#grid');
  let theirs = grid ? null : document.querySelector('[data-key]')?.parentElement;
  while (theirs && theirs.scrollHeight <= theirs.clientHeight + 1) theirs = theirs.parentElement;
  const scroll = () => {
    if (theirs) theirs.scrollTop += 100;
    else grid?.dispatchEvent(new WheelEvent('wheel', { deltaY: 100, bubbles: true, cancelable: true }));
  };
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const topRow = () => Math.min(...probe.rows());
  const before = topRow();
  const begun = await frame();
  let now = begun;
  let frames = 0;
  for (; now < begun + ms; frames++) {
    if (scrolls) scroll();
    now = await frame();
  }
  await frame();
  if (scrolls && topRow() === before) throw new Error('nothing was scrolled');
  return (frames * 1000) / (now - begun);
}

/** Of an empty page: frames a second while nothing but a small square moves. */
export async function countEmptyFrames(ms: number): Promise<number> {
  const square = document.createElement('div');
  square.style.cssText = 'position: absolute; width: 20px; height: 20px; background: gray';
  document.body.append(square);
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const begun = await frame();
  let now = begun;
  let frames = 0;
  for (; now < begun + ms; frames++) {
    square.style.transform = `translateX(${frames % 200}px)`;
    now = await frame();
  }
  return (frames * 1000) / (now - begun);
}
