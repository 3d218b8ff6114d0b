import kafkajs from 'kafkajs';

/**
 * The partition of a text, as Kafka's own clients choose it for a record's key: murmur2 of its UTF-8 bytes, the sign bit
 * cleared, modulo the number of partitions. Any client of any language can work it out.
 */
export function partitionOf(text: string, partitions: number): number {
  const chosen = chosenOf(partitions);
  const before = chosen.get(text);
  if (before !== undefined) return before;
  const partitionMetadata = places(partitions);
  const partition = choose({ topic: '', partitionMetadata, message: { key: text, value: null } });
  if (chosen.size >= MOST_CHOSEN) chosen.clear();
  chosen.set(text, partition);
  return partition;
}

/** Of one customer there are often several messages in a row, and on several topics. */
const chosenAmong = new Map<number, Map<string, number>>();
const MOST_CHOSEN = 10_000;

function chosenOf(partitions: number): Map<string, number> {
  const known = chosenAmong.get(partitions) ?? new Map<string, number>();
  chosenAmong.set(partitions, known);
  return known;
}

const choose = kafkajs.Partitioners.DefaultPartitioner();

const known = new Map<number, { partitionErrorCode: number; partitionId: number; leader: number; replicas: number[]; isr: number[] }[]>();

function places(partitions: number): NonNullable<ReturnType<(typeof known)['get']>> {
  const made =
    known.get(partitions) ??
    Array.from({ length: partitions }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 0, replicas: [], isr: [] }));
  known.set(partitions, made);
  return made;
}
