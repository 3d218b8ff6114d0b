// breaks: layer-config
export { isLater } from '@touchline/core';
