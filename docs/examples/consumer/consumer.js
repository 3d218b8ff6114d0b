// A service of somebody else: keeps every touchpoint in a table of its own, each exactly once, however often it is killed.
// KAFKA_BROKERS=127.0.0.1:9092 DATABASE_URL=postgres://… [TOPIC=touchline.touchpoints] [GROUP=…] node consumer.js
import kafkajs from 'kafkajs';
import pg from 'pg';

const { KAFKA_BROKERS = '127.0.0.1:9092', DATABASE_URL, TOPIC = 'touchline.touchpoints', GROUP = 'touchpoints-consumer' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const kafka = new kafkajs.Kafka({ clientId: GROUP, brokers: KAFKA_BROKERS.split(','), logLevel: kafkajs.logLevel.WARN });
// Without `readUncommitted` the client reads what is committed, and nothing that was undone.
const consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 10_000 });

await pool.query(`
  create table if not exists consumed (topic text, partition integer, next_offset bigint not null, primary key (topic, partition));
  create table if not exists sequences (partition_key text primary key, sequence bigint not null);
  create table if not exists touchpoints (
    event_id uuid primary key, type text not null, customer_id text, journey_id text,
    occurred_at timestamptz not null, source jsonb, details jsonb not null)`);

/** Rows and offset in one transaction: both are there, or neither. The row's lock keeps two of this service apart. */
async function store({ topic, partition, messages }) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('insert into consumed values ($1, $2, 0) on conflict do nothing', [topic, partition]);
    const place = 'where topic = $1 and partition = $2';
    const { rows } = await client.query(`select next_offset from consumed ${place} for update`, [topic, partition]);
    const next = BigInt(rows[0].next_offset);
    const fresh = messages.filter(({ offset }) => BigInt(offset) >= next);
    for (const message of fresh) await storeOne(client, message);
    if (fresh.length > 0)
      await client.query(`update consumed set next_offset = $3 ${place}`, [topic, partition, String(BigInt(fresh.at(-1).offset) + 1n)]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function storeOne(client, { headers, value }) {
  const attribute = (name) => headers[`ce_${name}`].toString();
  // Counted from 1 without gaps for each customer: had we missed one, this would show it.
  // Messages of earlier releases have the second name alone.
  const owner = attribute(headers.ce_sequencekey === undefined ? 'partitionkey' : 'sequencekey');
  const { rows } = await client.query(
    'insert into sequences values ($1, 1) on conflict (partition_key) do update set sequence = sequences.sequence + 1 returning sequence',
    [owner],
  );
  if (BigInt(rows[0].sequence) !== BigInt(attribute('sequence')))
    throw new Error(`${owner}: message ${attribute('sequence')} comes where ${rows[0].sequence} should`);
  const { customerId, journeyId, occurredAt, source, details } = JSON.parse(value.toString());
  // Kinds and fields that are not known here are kept as they are.
  await client.query('insert into touchpoints values ($1, $2, $3, $4, $5, $6, $7)', [
    ...[attribute('id'), attribute('type'), customerId, journeyId, occurredAt],
    ...[source && JSON.stringify(source), JSON.stringify(details)],
  ]);
}

// The group only shares the partitions out; how far each has come stands beside what came of it.
consumer.on(consumer.events.GROUP_JOIN, async ({ payload }) => {
  const { rows } = await pool.query('select partition, next_offset from consumed where topic = $1', [TOPIC]);
  for (const { partition, next_offset: offset } of rows)
    if (payload.memberAssignment[TOPIC]?.includes(partition)) consumer.seek({ topic: TOPIC, partition, offset });
});
// What cannot be stored stands still rather than being passed over; whoever runs us starts us again.
consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (!payload.restart) process.exit(1);
});

await consumer.connect();
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
await consumer.run({ autoCommit: false, eachBatch: ({ batch }) => store(batch) });
process.stdout.write(`consuming ${TOPIC}\n`);
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => void consumer.disconnect().then(() => pool.end().then(() => process.exit(0))));
