import { openImage } from '../../../src/engine';

/** Started as a process of its own: opens an image as a window does, until its standard input ends. */
async function hold(path: string): Promise<void> {
  const image = await openImage(path, { lock: true });
  process.stdin.resume().once('end', () => void image.close());
  process.stdout.write('open\n');
}

if (process.argv[2]) void hold(process.argv[2]);
