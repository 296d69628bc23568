import { fitsBits, numberReading, type Reading } from './reading';

/** Times outside of the years 0000 to 9999 have no four digits for the year. */
const FIRST_SECOND = -62_167_219_200n;
const LAST_SECOND = 253_402_300_799n;
/** FILETIME counts units of 100 ns from the start of 1601. */
const UNITS_PER_SECOND = 10_000_000n;
const SECONDS_FROM_1601 = 11_644_473_600n;

/** Seconds since 1970, in 32 or 64 bits with a sign. */
function unixTime(bits: number): Reading {
  return numberReading(
    `time_t ${bits}`,
    bits / 8,
    (value) => timeText(BigInt.asIntN(bits, value), 0n),
    (text) => {
      const time = timeOf(text);
      return time && time.units === 0n && fitsBits(time.seconds, bits, true) ? time.seconds : null;
    },
  );
}

const fileTime = numberReading(
  'FILETIME',
  8,
  (value) => timeText(value / UNITS_PER_SECOND - SECONDS_FROM_1601, value % UNITS_PER_SECOND),
  (text) => {
    const time = timeOf(text);
    const value = time && (time.seconds + SECONDS_FROM_1601) * UNITS_PER_SECOND + time.units;
    return value !== null && fitsBits(value, 64, false) ? value : null;
  },
);

/** The date and time of FAT: two seconds exact, in no known time zone. In memory the time comes before the date. */
const dosDate = numberReading(
  'DOS date',
  4,
  (value) => {
    const [day, month, year] = [bitsOf(value, 16, 5), bitsOf(value, 21, 4), 1980 + bitsOf(value, 25, 7)];
    const clock = [bitsOf(value, 11, 5), bitsOf(value, 5, 6), 2 * bitsOf(value, 0, 5)] as const;
    const text = timeText(BigInt(Date.UTC(year, month - 1, day, ...clock)) / 1000n, 0n);
    const isReal = text?.startsWith(`${year}-${two(month)}-${two(day)}T${clock.map(two).join(':')}`);
    return text !== null && isReal ? text.replace('T', ' ').replace('Z', '') : null;
  },
  (text) => {
    const time = timeOf(text);
    if (time === null || time.units !== 0n || time.seconds % 2n !== 0n) return null;
    const date = new Date(Number(time.seconds) * 1000);
    const year = date.getUTCFullYear() - 1980;
    if (year < 0 || year > 127) return null;
    const day = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
    const clock = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() / 2);
    return (BigInt(day) << 16n) | BigInt(clock);
  },
);

/** Dates and times. */
export const TIME_READINGS: readonly Reading[] = [unixTime(32), unixTime(64), fileTime, dosDate];

function bitsOf(value: bigint, from: number, count: number): number {
  return Number(BigInt.asUintN(count, value >> BigInt(from)));
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A time as `2023-11-14T22:13:20Z`, with the 100 ns beyond the second if there are any. */
function timeText(seconds: bigint, units: bigint): string | null {
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return null;
  const fraction = units === 0n ? '' : `.${String(units).padStart(7, '0')}`;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `${fraction}Z`);
}

/** A time in UTC as {@link timeText} writes it; `T` may be a space, and the time of day may be left out. */
function timeOf(text: string): { seconds: bigint; units: bigint } | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?)?Z?$/i.exec(text.trim());
  if (!match) return null;
  const [, date, clock = '00:00:00', fraction = ''] = match;
  const milliseconds = Date.parse(`${date}T${clock}Z`);
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(date!)) return null;
  return { seconds: BigInt(milliseconds / 1000), units: BigInt(fraction.padEnd(7, '0')) };
}
