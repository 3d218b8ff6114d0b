"""A service of somebody else: keeps every touchpoint in SQLite, each exactly once, however often it is killed.

KAFKA_BROKERS=127.0.0.1:9092 [TOPIC=touchline.touchpoints] [DATABASE=touchpoints.db] python consumer.py
UNTIL_END=1 ends once all that is there by now is kept.
"""
import json
import os
import sqlite3
import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException

BROKERS = os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092")
TOPIC = os.environ.get("TOPIC", "touchline.touchpoints")
UNTIL_END = os.environ.get("UNTIL_END") == "1"

database = sqlite3.connect(os.environ.get("DATABASE", "touchpoints.db"), isolation_level=None)
database.executescript("""
  create table if not exists consumed (partition integer primary key, next_offset integer not null);
  create table if not exists sequences (sequence_key text primary key, sequence integer not null);
  create table if not exists touchpoints (
    event_id text primary key, type text not null, occurred_at text not null, customer_id text, details text not null);
""")


def store(message):
    """Rows and offset in one transaction: both are there, or neither."""
    headers = {name: value for name, value in message.headers() if value is not None}
    event = from_binary(KafkaMessage(headers, message.key(), message.value()), JSONFormat())
    # Not the extension `partitionkey`: this client puts the record's key there. Messages of earlier releases have its header alone.
    owner = event.get_extension("sequencekey") or headers["ce_partitionkey"].decode()
    sequence = int(event.get_extension("sequence"))
    data = event.get_data()
    data = data if isinstance(data, dict) else json.loads(data)
    database.execute("begin immediate")
    row = database.execute("select next_offset from consumed where partition = ?", (message.partition(),)).fetchone()
    if row is not None and message.offset() < row[0]:
        database.execute("rollback")
        return
    (due,) = database.execute(
        "insert into sequences values (?, 1) on conflict do update set sequence = sequence + 1 returning sequence", (owner,)
    ).fetchone()
    if due != sequence:
        database.execute("rollback")
        sys.exit(f"{owner}: message {sequence} comes where {due} should")
    database.execute(
        "insert into touchpoints values (?, ?, ?, ?, ?)",
        (event.get_id(), event.get_type(), data["occurredAt"], data.get("customerId"), json.dumps(data["details"])),
    )
    database.execute("insert or replace into consumed values (?, ?)", (message.partition(), message.offset() + 1))
    database.execute("commit")


def assigned(consumer, partitions):
    """The group only shares the partitions out; how far each has come stands beside what came of it."""
    reached = dict(database.execute("select partition, next_offset from consumed"))
    for each in partitions:
        each.offset = reached.get(each.partition, OFFSET_BEGINNING)
    consumer.assign(partitions)


consumer = Consumer({
    "bootstrap.servers": BROKERS,
    "group.id": os.environ.get("GROUP", "touchpoints-consumer-python"),
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
})
consumer.subscribe([TOPIC], on_assign=assigned)
partitions = len(consumer.list_topics(TOPIC, timeout=30).topics[TOPIC].partitions)
ended = set()
try:
    while not (UNTIL_END and len(ended) == partitions):
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error() is None:
            store(message)
        elif message.error().code() == KafkaError._PARTITION_EOF:
            ended.add(message.partition())
        else:
            raise KafkaException(message.error())
except KeyboardInterrupt:
    pass
finally:
    consumer.close()
    print("kept", database.execute("select count(*) from touchpoints").fetchone()[0])
