import type { CommandServices } from './services.js';

/** Whether anything is recorded in a stream; what once is stays (ADR 0041). */
export async function streamExists({ deps }: Pick<CommandServices, 'deps'>, stream: string): Promise<boolean> {
  for await (const _ of deps.streams.store.readStream(stream, { limit: 1 })) return true;
  return false;
}
