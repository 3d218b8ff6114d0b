// breaks: layer-timers
export { platform } from '@touchline/platform';
