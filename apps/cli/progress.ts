import { Presets, SingleBar } from 'cli-progress';
import type { ImportProgress } from '@touchline/importing';

const UNITS = { reading: 'bytes', recording: 'records' } as const;
/** Where nobody watches, such as in a log file, a line now and then says that it goes on. */
const LINE_EVERY_MS = 30_000;

/** A bar for each phase of an import. */
export function progressBar(stream: NodeJS.WriteStream, quiet: boolean): ImportProgress {
  let bar: SingleBar | undefined;
  return {
    begin(phase, total) {
      bar?.stop();
      if (quiet) return;
      bar = barOn(stream, `${phase.padEnd(9)} {bar} {percentage}% {value}/{total} ${UNITS[phase]}, {eta_formatted} left`);
      bar.start(total, 0);
    },
    advance: (count) => bar?.increment(count),
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** So many are told of at once: a bar that moves at every event would be slower than the work. */
const STEP = 1_000;

/** One bar for work of which the total is at least so much. */
export function countBar(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  { what, unit, total }: { what: string; unit: string; total: number },
): { advance(): void; end(): void } {
  if (quiet) return { advance: () => undefined, end: () => undefined };
  const bar = barOn(stream, `${what} {bar} {percentage}% {value}/{total} ${unit}, {eta_formatted} left`);
  bar.start(total, 0);
  let count = 0;
  const show = (): void => {
    if (count > bar.getTotal()) bar.setTotal(count);
    bar.update(count);
  };
  return {
    advance() {
      count += 1;
      if (count % STEP === 0) show();
    },
    end() {
      show();
      bar.stop();
    },
  };
}

/** A bar for work that is known to be done by its share of the whole, not by its number; begun anew with every `what`. */
export function shareBar(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  unit?: string,
): { reach(what: string, at: number, of: number): void; end(): void } {
  let bar: SingleBar | undefined;
  let [doing, count, reached] = ['', 0, 0];
  const end = (): void => {
    bar?.update(reached, { count });
    bar?.stop();
    bar = undefined;
  };
  return {
    reach(what, at, of) {
      if (quiet) return;
      reached = Math.min(at, of);
      if (what !== doing) {
        end();
        [doing, count] = [what, 0];
        const counted = unit === undefined ? '' : ` {count} ${unit}`;
        bar = barOn(stream, `${what} {bar} {percentage}%${counted}, {eta_formatted} left`);
        bar.start(of, reached, { count });
      }
      count += 1;
      if (unit === undefined || count % STEP === 0) bar?.update(reached, { count });
    },
    end,
  };
}

/** A bar for work of another process, as it was when last looked at. */
export function watchedBar(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  what: string,
  unit: string,
): { show(done: number, total: number): void; end(): void } {
  if (quiet) return { show: () => undefined, end: () => undefined };
  const bar = barOn(stream, `${what} {bar} {percentage}% {value}/{total} ${unit}, {eta_formatted} left`);
  bar.start(0, 0);
  return {
    show(done, total) {
      bar.setTotal(Math.max(total, done));
      bar.update(done);
    },
    end: () => bar.stop(),
  };
}

function barOn(stream: NodeJS.WriteStream, format: string): SingleBar {
  // Its own handling of Ctrl-C would end the process.
  const options = {
    format,
    stream,
    gracefulExit: false,
    hideCursor: true,
    etaBuffer: 500,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
  };
  return new SingleBar(options, Presets.shades_classic);
}
