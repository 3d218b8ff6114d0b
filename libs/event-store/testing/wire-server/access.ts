import { status, type Metadata } from '@grpc/grpc-js';
import { serverError } from './server-error.js';
import type { TransactionLog } from './transaction-log.js';

// Who may do what, as the real server has it: by the rights in `$settings`, else by its own. Those of single streams are left out.

export type Right = 'append' | 'read' | 'delete' | 'metadata' | 'metadata-read';

export interface User {
  password: string;
  groups: readonly string[];
}

/** What rights are read from. */
interface Ground {
  users: ReadonlyMap<string, User>;
  log: TransactionLog;
}

const ADMINS = '$admins';
/** Under the password that the real one begins with. */
const ADMIN: User = { password: 'changeit', groups: [ADMINS] };
const EVERYBODY = '$all';

const SIGNS = { read: '$r', append: '$w', delete: '$d', metadata: '$mw', 'metadata-read': '$mr' } as const;

type Acl = Partial<Record<string, string | readonly string[]>>;

/** Of an administrator's event in `$settings`; empty where there is none. */
function settings(state: Ground): { $userStreamAcl?: Acl; $systemStreamAcl?: Acl } {
  const last = state.log.stream('$settings')?.at(-1);
  return last?.type === 'update-default-acl' ? (JSON.parse(last.data) as ReturnType<typeof settings>) : {};
}

/** Whose name and password come with the call; null where none do. @throws the server's answer where they are wrong */
export function callerOf(state: Ground, metadata: Metadata): (User & { login: string }) | null {
  const [, basic] = /^Basic (.*)$/.exec(String(metadata.get('authorization')[0])) ?? [];
  if (basic === undefined) return null;
  const [, login = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  const user = login === 'admin' ? ADMIN : state.users.get(login);
  if (user?.password !== password) throw serverError(status.UNAUTHENTICATED, 'Unauthenticated');
  return { login, ...user };
}

/** Whether the caller may; administrators may everything, and whoever does not say who he is nothing. */
export function may(state: Ground, metadata: Metadata, right: Right, stream: string): boolean {
  const caller = callerOf(state, metadata);
  if (caller === null) return false;
  if (caller.groups.includes(ADMINS)) return true;
  const { $userStreamAcl = {}, $systemStreamAcl = {} } = settings(state);
  const isOfServer = stream.startsWith('$');
  const named = (isOfServer ? $systemStreamAcl : $userStreamAcl)[SIGNS[right]] ?? (isOfServer ? ADMINS : EVERYBODY);
  const roles = typeof named === 'string' ? [named] : named;
  return roles.some((role) => role === EVERYBODY || role === caller.login || caller.groups.includes(role));
}
