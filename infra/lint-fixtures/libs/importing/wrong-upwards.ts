// breaks: layer-importing
export { Caller } from '@touchline/http';
