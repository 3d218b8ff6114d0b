import type { Pool, PoolClient } from 'pg';
import { BackOff, pause } from './pause.js';

/** Called with the payload, or with null after a reconnection, when anything may have been missed. */
export type Listener = (payload: string | null) => void;

/**
 * One LISTEN connection of a process, taken from its pool, replaced with back-off when it breaks. What is told in
 * between is lost: every listener also polls, and takes null as "look again".
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly ended = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly pool: Pool,
    channels: readonly string[],
  ) {
    for (const channel of channels) this.listeners.set(channel, new Set());
    this.running = this.run();
  }

  /** @returns ends the listening */
  on(channel: string, listener: Listener): () => void {
    const listening = this.listeners.get(channel);
    if (listening === undefined) throw new Error(`nobody listens to channel ${channel}`);
    listening.add(listener);
    return () => listening.delete(listener);
  }

  /** Gives the connection back. */
  async close(): Promise<void> {
    this.ended.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const backOff = new BackOff();
    while (!this.ended.signal.aborted) {
      try {
        await this.listen(backOff);
      } catch {
        // Whoever uses the pool for work reports that the server is away; here there is nothing to do but come back.
        await pause(backOff.next(), this.ended.signal);
      }
    }
  }

  private async listen(backOff: BackOff): Promise<void> {
    const client = await this.pool.connect();
    const broken = new AbortController();
    const onError = (): void => broken.abort();
    client.on('error', onError);
    client.on('end', onError);
    client.on('notification', ({ channel, payload }) => this.tell(channel, payload ?? ''));
    try {
      for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
      backOff.reset();
      for (const channel of this.listeners.keys()) this.tell(channel, null);
      await untilEither(broken.signal, this.ended.signal);
    } finally {
      // Destroyed, not reused: a pooled connection that still listens would hand its messages to nobody.
      discard(client);
    }
    if (broken.signal.aborted) throw new Error('the listening connection broke');
  }

  private tell(channel: string, payload: string | null): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}

const untilEither = (...signals: AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    const any = AbortSignal.any(signals);
    if (any.aborted) resolve();
    else any.addEventListener('abort', () => resolve(), { once: true });
  });

function discard(client: PoolClient): void {
  client.removeAllListeners('notification');
  client.release(true);
}
