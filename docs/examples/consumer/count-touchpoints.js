// A service that keeps, in a Postgres of its own, how many touchpoints each customer had and when the last one was:
// each counted once, whatever is killed when. Run: KAFKA_BROKERS=… DATABASE_URL=… node count-touchpoints.js
import kafkajs from 'kafkajs';
import pg from 'pg';

const topic = process.env.TOPIC ?? 'touchline.touchpoints';
const brokers = (process.env.KAFKA_BROKERS ?? '127.0.0.1:9092').split(',');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const kafka = new kafkajs.Kafka({ clientId: 'count-touchpoints', brokers, logLevel: kafkajs.logLevel.ERROR });
// `readUncommitted: false` is the default, and what everything rests on: only what is committed, in order, once.
const consumer = kafka.consumer({ groupId: process.env.GROUP ?? 'count-touchpoints', readUncommitted: false });

await pool.query(`
  create table if not exists touchpoints_read (topic text, partition int, next bigint not null, primary key (topic, partition));
  create table if not exists touchpoint_counts (customer text primary key, touchpoints bigint not null, last_at timestamptz not null)`);

// Where to go on stands with the result, in one transaction; Kafka's own offsets of the group are not used.
consumer.on(consumer.events.GROUP_JOIN, async ({ payload }) => {
  for (const partition of payload.memberAssignment[topic] ?? []) {
    const { rows } = await pool.query('select next from touchpoints_read where topic = $1 and partition = $2', [topic, partition]);
    if (rows.length > 0) consumer.seek({ topic, partition, offset: rows[0].next });
  }
});

async function takeIn({ partition, messages }, next) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('insert into touchpoints_read values ($1, $2, 0) on conflict do nothing', [topic, partition]);
    // Locked: of two that were given the partition one after the other, the slower one finds it done.
    const { rows } = await client.query('select next from touchpoints_read where topic = $1 and partition = $2 for update', [
      topic,
      partition,
    ]);
    for (const { offset, headers } of messages) {
      if (BigInt(offset) < BigInt(rows[0].next)) continue;
      await client.query(
        `insert into touchpoint_counts as known values ($1, 1, $2) on conflict (customer) do update
           set touchpoints = known.touchpoints + 1, last_at = greatest(known.last_at, excluded.last_at)`,
        [String(headers.ce_partitionkey), String(headers.ce_time)],
      );
    }
    await client.query('update touchpoints_read set next = greatest(next, $3) where topic = $1 and partition = $2', [
      topic,
      partition,
      next,
    ]);
    await client.query('commit');
    client.release();
  } catch (error) {
    // Given up whole; the same messages come again.
    client.release(error);
    throw error;
  }
}

await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 3,
  eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
    await takeIn(batch, String(BigInt(batch.lastOffset()) + 1n));
    resolveOffset(batch.lastOffset());
    await heartbeat();
  },
});
