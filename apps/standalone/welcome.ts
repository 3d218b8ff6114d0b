import { PLATFORM } from '@touchline/core';
import { OPERATOR, USERS } from '@touchline/demo';

/** What `npm start` says when it is ready: where to go, and how to sign in. */
export function welcome(at: {
  url: string;
  home: string;
  topics: string | null;
  tenant: string;
  password: string;
  isNew: boolean;
}): string {
  const { url, home, topics, tenant, password, isNew } = at;
  const people = USERS.map(({ login, name, roles }) => `    ${login.padEnd(7)} ${name} (${roles.join(', ')})`);
  return [
    '',
    `  Touchline is ready at ${url}`,
    '',
    `  API and documentation   ${url}/docs`,
    `  health, metrics         ${url}/health/ready  ${url}/metrics`,
    `  topics                  ${topics ?? 'none; npm run kafka in another shell, then KAFKA_BROKERS=127.0.0.1:9092 npm start'}`,
    `  data                    ${home}${isNew ? ' (new, with demo data)' : ''}`,
    '',
    `  Sign in to group "${tenant}" with password ${password} as`,
    ...people,
    `  and to "${PLATFORM}", which runs it for all groups, as`,
    `    ${OPERATOR.login.padEnd(7)} ${OPERATOR.name} (operator)`,
    '',
    `    curl -s ${url}/sign-in -H 'content-type: application/json' \\`,
    `      -d '{"tenant":"${tenant}","login":"li","password":"${password}"}'`,
    '',
    '  Ctrl-C stops it; the data stays.',
    '',
    '',
  ].join('\n');
}
