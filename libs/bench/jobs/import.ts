import { join } from 'node:path';
import type { AppendResult, EventStore } from '@touchline/event-store';
import { growHeapSlowly, StreamRepository } from '@touchline/event-store';
import { runImport } from '@touchline/importing';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';

export interface ImportInput {
  url: string;
  file: string;
  map: string;
  /** For report and checkpoint. */
  folder: string;
  rows: number;
  /** Stands still so many times on the way, at equal distances and at the end, and tells the parent. */
  stops: number;
}

/** Rows were recorded in so many seconds, since the stop before; with the part's share of reading the file, which comes first. */
export interface ImportStop {
  rows: number;
  seconds: number;
}

/** An import as the command line runs it, which waits now and then so that something else can be measured beside it. */
export const importRows: Job<ImportInput, { recorded: number }> = ({ url, file, map, folder, rows, stops }, parent) =>
  withPlatform(url, async (platform) => {
    growHeapSlowly();
    const gate = new Gate();
    const store = gated(platform.store, gate);
    const services = { ...platform.services, deps: { ...platform.services.deps, streams: new StreamRepository(store, platform.registry) } };
    const identity = { deps: services.deps, secret: platform.settings.secrets.identityHmacSecret };
    let [began, reading, done, counted, isRecording] = [performance.now(), 0, 0, 0, false];
    const stop = async (): Promise<void> => {
      const share = (reading * (done - counted)) / rows;
      const told: ImportStop = { rows: done - counted, seconds: (performance.now() - began + share) / 1000 };
      counted = done;
      await gate.closed();
      parent.tell(told);
      await parent.goOn();
      began = performance.now();
      gate.open();
    };
    const summary = await runImport(
      {
        ...{ file, map, atOnce: 64, dryRun: false, signal: new AbortController().signal },
        report: join(folder, 'report.csv'),
        checkpoint: join(folder, 'checkpoint'),
        progress: {
          begin(phase) {
            isRecording = phase === 'recording';
            if (!isRecording) return;
            reading = performance.now() - began;
            began = performance.now();
          },
          advance(count) {
            if (!isRecording) return;
            done += count;
            if (done - counted >= rows / stops && done < rows) void stop();
          },
          end: () => undefined,
        },
      },
      {
        services: { ...services, identify: () => Promise.reject(new Error('an import settles identity itself')) },
        identity,
        mayPass: () => false,
      },
    );
    await stop();
    if (summary.report !== null && summary.report.faults > 0) throw new Error(`${summary.report.faults} rows were not recorded`);
    return { recorded: summary.facts.recorded };
  });

/** Lets appends through while it is open. */
class Gate {
  private way: Promise<void> | null = null;
  private letGo = (): void => undefined;
  private passing = 0;

  open(): void {
    this.way = null;
    this.letGo();
  }

  /** Closes it, and waits for whatever was let through. */
  async closed(): Promise<void> {
    this.way = new Promise((resolve) => (this.letGo = resolve));
    while (this.passing > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    while (this.way !== null) await this.way;
    this.passing += 1;
    return work().finally(() => (this.passing -= 1));
  }
}

const gated = (store: EventStore, gate: Gate): EventStore =>
  new Proxy(store, {
    get(target, name) {
      if (name === 'append')
        return (...order: Parameters<EventStore['append']>): Promise<AppendResult> => gate.through(() => target.append(...order));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
