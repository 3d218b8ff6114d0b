// breaks: layer-intake-state
export { platform } from '@touchline/platform';
