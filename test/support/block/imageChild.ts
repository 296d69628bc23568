import { openImage } from '../../../src/engine/block/image';
import type { ImageDevice } from '../../../src/engine/block/imageDevice';
import { RemapError } from '../../../src/engine/errors';

/** What a test asks the process that {@link ImageProcess} starts; it answers each request with an {@link Answer}. */
export type Request =
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'close' }
  /** Opens and closes the image `times` times, writing its pid to sector 0 and expecting to find it there again. */
  | { readonly kind: 'fight'; readonly path: string; readonly times: number };

export type Answer =
  | { readonly ok: true; readonly value?: number }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly pid?: unknown };

let image: ImageDevice | undefined;

async function carryOut(request: Request): Promise<number | undefined> {
  if (request.kind === 'open') image = await openImage(request.path);
  if (request.kind === 'close') await image?.close();
  return request.kind === 'fight' ? fight(request.path, request.times) : undefined;
}

async function fight(path: string, times: number): Promise<number> {
  let won = 0;
  const mine = new Uint8Array(512).fill(process.pid % 251);
  for (let i = 0; i < times; i++) {
    const opened = await openImage(path).catch((error: unknown) => {
      if (error instanceof RemapError && error.code === 'EBUSY') return undefined;
      throw error;
    });
    if (!opened) continue;
    won++;
    const found = new Uint8Array(512);
    await opened.write(0, mine);
    await opened.flush();
    await opened.read(0, found);
    if (Buffer.compare(found, mine) !== 0) throw new Error('another process wrote while we held the lock');
    await opened.close();
  }
  return won;
}

process.on('message', async (request: Request) => {
  let answer: Answer;
  try {
    const value = await carryOut(request);
    answer = value === undefined ? { ok: true } : { ok: true, value };
  } catch (error) {
    const { code = 'none', message, details } = error as RemapError;
    answer = { ok: false, code, message, pid: details?.pid };
  }
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
process.send?.({ ok: true } satisfies Answer);
