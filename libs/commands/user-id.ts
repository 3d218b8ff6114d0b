import { nameUuid } from '@touchline/event-store';
import { normalLogin } from '@touchline/touchpoints/user/user.rules.js';

const USERS = '2d1f3a52-6c7b-5d0e-9a51-6d1e0f7c9b33';

/** A user's id is worked out from the group and the login, so that signing in needs no table of users (ADR 0042). */
export const userIdOf = (tenant: string, login: string): string => nameUuid(`${tenant}|${normalLogin(login)}`, USERS);
