import type { Pool } from 'pg';
import type { Manifest } from './manifest.js';

/**
 * The newest manifest of each topic, kept apart from the brokers: who cuts the end of a topic together with its manifests leaves a
 * topic that holds in itself. Written by the relay once it is on the topic; it may be one behind, never ahead.
 */
export class LatestManifests {
  constructor(
    private readonly pool: Pool,
    private readonly prefix: string,
  ) {}

  async note(manifests: readonly Manifest[]): Promise<void> {
    for (const manifest of manifests)
      await this.pool.query(
        `insert into touchline.topic_manifests (topic, last_ordinal, manifest) values ($1, $2, $3)
         on conflict (topic) do update set last_ordinal = excluded.last_ordinal, manifest = excluded.manifest
           where topic_manifests.last_ordinal < excluded.last_ordinal`,
        [manifest.topic, manifest.to, JSON.stringify(manifest)],
      );
  }

  /** All is told anew, from the first ordinal. */
  async clear(): Promise<void> {
    await this.pool.query('delete from touchline.topic_manifests where starts_with(topic, $1)', [`${this.prefix}.`]);
  }

  async all(): Promise<Manifest[]> {
    const { rows } = await this.pool.query<{ manifest: string }>(
      'select manifest from touchline.topic_manifests where starts_with(topic, $1) order by topic',
      [`${this.prefix}.`],
    );
    return rows.map(({ manifest }) => JSON.parse(manifest) as Manifest);
  }
}
