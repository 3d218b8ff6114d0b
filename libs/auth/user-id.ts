import { oneLine } from '@touchline/core';
import { nameUuid } from '@touchline/event-store';

const USERS = '2d1f3a52-6c7b-5d0e-9a51-6d1e0f7c9b33';

/** The one form of a login: whoever types it with capitals or in a decomposed script is the same person. */
export const normalLogin = (login: string): string => oneLine(login).toLowerCase();

/** A user's id is worked out from the group and the login, so that signing in needs no table of users (ADR 0042). */
export const userIdOf = (tenant: string, login: string): string => nameUuid(`${tenant}|${normalLogin(login)}`, USERS);
