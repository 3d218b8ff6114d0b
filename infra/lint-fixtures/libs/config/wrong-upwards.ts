// breaks: lib-config
export { isLater } from '@touchline/core';
