// breaks: layer-platform
export { Caller } from '@touchline/http';
