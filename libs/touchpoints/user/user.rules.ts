import { oneLine } from '@touchline/core';

/** The one form of a login: whoever types it with capitals or in a decomposed script is the same person. */
export const normalLogin = (login: string): string => oneLine(login).toLowerCase();
