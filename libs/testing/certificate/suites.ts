/** What `npm run certify` runs, the longest first; paths from the root of the repository. */
export const SUITES: readonly string[] = [
  'libs/testing/crash/soak.int-spec.ts',
  'libs/testing/crash/kill-nine.int-spec.ts',
  'libs/testing/crash/relay.int-spec.ts',
  'libs/testing/crash/moving.int-spec.ts',
  'libs/testing/crash/rebuild.int-spec.ts',
  'libs/testing/crash/erasure.int-spec.ts',
  'libs/testing/crash/intake.int-spec.ts',
  'libs/testing/crash/timers.int-spec.ts',
  'libs/testing/crash/switch.int-spec.ts',
  'libs/testing/consumer-example.int-spec.ts',
  'libs/event-store/eventstoredb/eventstoredb.int-spec.ts',
  'libs/event-store/postgres/postgres.int-spec.ts',
  'libs/relay/broker-away.int-spec.ts',
];
