// breaks: layer-relay
export { platform } from '@touchline/platform';
