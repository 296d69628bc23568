import sharp from 'sharp';

/** One picture of a film and how long it stays. */
export interface Frame {
  readonly png: Buffer;
  readonly milliseconds: number;
}

const colours = 64;

/** Writes an animated GIF that begins again when it is over. Returns its size in bytes. */
export async function writeFilm(path: string, frames: readonly Frame[], width: number): Promise<number> {
  const pictures = await Promise.all(frames.map(({ png }) => sharp(png).resize({ width }).png().toBuffer()));
  const { size } = await sharp(pictures, { join: { animated: true } })
    .gif({
      colours,
      dither: 0,
      interFrameMaxError: 2,
      delay: frames.map(({ milliseconds }) => milliseconds),
      loop: 0,
    })
    .toFile(path);
  return size;
}
