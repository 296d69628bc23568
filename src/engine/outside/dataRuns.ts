import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Node can't ask for holes; Perl can, and is part of macOS and of nearly every Linux. */
const PERL = '/usr/bin/perl';
const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 32 * 2 ** 20;

/** A hole smaller than this isn't worth a run of its own. */
const SMALLEST_HOLE_BYTES = 2 ** 20;
/** After so many runs the rest of a file counts as data. */
const MAX_RUNS = 500_000;

/** Prints the start and end of each run of data. Error 6, ENXIO, says that no more data follow. */
const SCRIPT = `
my ($path, $least, $most) = @ARGV;
my ($data, $hole) = $^O eq 'darwin' ? (4, 3) : (3, 4);
open(my $file, '<', $path) or exit 1;
my $size = -s $file;
my ($from, $to, $runs) = (0, 0, 0);
while ($to < $size) {
  my $next = sysseek($file, $to, $data);
  if (!defined $next) { last if $! + 0 == 6; exit 1 }
  if ($next - $to >= $least && $to > $from) { print $from, ' ', $to, "\\n"; $from = $to; $runs++ }
  $from = $next + 0 if $next - $to >= $least || $to == $from;
  if ($runs >= $most) { $to = $size; last }
  defined($to = sysseek($file, $next, $hole)) or exit 1;
}
print $from, ' ', $to, "\\n" if $to > $from;
`;

/**
 * Where a file has data: starts and ends in bytes by turns, ascending; elsewhere are holes, which read as zeros.
 * @returns null where that can't be asked
 */
export async function dataRuns(path: string): Promise<Float64Array | null> {
  if (process.platform === 'win32') return null;
  const args = ['-e', SCRIPT, '--', path, String(SMALLEST_HOLE_BYTES), String(MAX_RUNS)];
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  try {
    const { stdout } = await promisify(execFile)(PERL, args, options);
    return Float64Array.from(stdout.match(/\d+/g) ?? [], Number);
  } catch {
    return null;
  }
}
