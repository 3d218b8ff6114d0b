import { backOffMs } from '@touchline/core';
import type { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';

const RECONNECTS = { firstMs: 50, longestMs: 5_000 };

/** Called with the payload, or with null after a reconnection, when anything may have been missed. */
export type Listener = (payload: string | null) => void;

/**
 * One LISTEN connection of a process, taken from its pool, replaced with back-off when it
 * breaks. What is told in between is lost: every listener also polls, and takes null as "look again".
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly ended = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly pool: Pool,
    channels: readonly string[],
    /** Once for each time that the connection is lost, or cannot be had. */
    private readonly onFault: (error: unknown) => void,
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
    let failures = 0;
    while (!this.ended.signal.aborted) {
      try {
        await this.listen(() => (failures = 0));
      } catch (error) {
        if (failures === 0) this.onFault(error);
        await delay(backOffMs(failures++, RECONNECTS), undefined, { signal: this.ended.signal }).catch(() => undefined);
      }
    }
  }

  /** Listens until told to end; fails when the connection breaks. */
  private async listen(onListening: () => void): Promise<void> {
    const client = await this.pool.connect();
    try {
      const broken = new Promise<never>((_, reject) => {
        client.on('error', reject);
        client.on('end', () => reject(new Error('the listening connection ended')));
      });
      const told = new Promise<void>((resolve) => {
        if (this.ended.signal.aborted) resolve();
        this.ended.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      client.on('notification', ({ channel, payload }) => this.tell(channel, payload ?? ''));
      const listening = this.listenTo(client).then(() => {
        onListening();
        for (const channel of this.listeners.keys()) this.tell(channel, null);
        return told;
      });
      await Promise.race([broken, listening]);
    } finally {
      client.removeAllListeners('notification');
      // Destroyed, not reused: a pooled connection that still listens would hand its messages to nobody.
      client.release(true);
    }
  }

  private async listenTo(client: { query(text: string): Promise<unknown> }): Promise<void> {
    for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
  }

  private tell(channel: string, payload: string | null): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}
