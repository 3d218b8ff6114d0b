// breaks: lib-is-listed
export { isLater } from '@touchline/core';
