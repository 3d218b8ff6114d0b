import { isIP } from 'node:net';

export const isAddress = (text: string): boolean => isIP(text) > 0;
