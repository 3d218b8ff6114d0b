import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '../../port.js';
import { startWireServer, type WireServer, type WireServerOptions } from './wire-server.js';

/** What the nodes of a cluster tell of each other. */
export interface Gossip {
  /** Ports of all of them, the one that leads marked. */
  members(): { port: number; leads: boolean }[];
}

/**
 * Wire servers over one store, as the nodes of a cluster: one leads, the others send whoever needs the leader to it. What they
 * give is a function of the store alone, so that they agree on every position.
 */
export class WireCluster implements Gossip {
  readonly nodes: WireServer[] = [];
  private leading = 0;

  static async start(store: EventStore, options: Omit<WireServerOptions, 'store' | 'gossip'> = {}): Promise<WireCluster> {
    const cluster = new WireCluster();
    for (let node = 0; node < 3; node += 1) cluster.nodes.push(await startWireServer({ ...options, store, gossip: cluster }));
    return cluster;
  }

  get leader(): WireServer {
    return this.nodes[this.leading]!;
  }

  /** The next one leads, as after an election. */
  elect(): void {
    this.leading = (this.leading + 1) % this.nodes.length;
  }

  /** The others notice only after this long that the leader is gone. */
  async electAfter(ms: number): Promise<void> {
    await delay(ms);
    this.elect();
  }

  members(): { port: number; leads: boolean }[] {
    return this.nodes.map(({ port }, place) => ({ port, leads: place === this.leading }));
  }

  /** The seeds, any of which may be down. */
  get connectionString(): string {
    return `esdb://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`;
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}
