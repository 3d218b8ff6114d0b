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
      const format = `${phase.padEnd(9)} {bar} {percentage}% {value}/{total} ${UNITS[phase]}, {eta_formatted} left`;
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
      bar = new SingleBar(options, Presets.shades_classic);
      bar.start(total, 0);
    },
    advance: (count) => bar?.increment(count),
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}
