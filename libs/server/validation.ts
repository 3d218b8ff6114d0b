import type { ValidationError } from '@nestjs/common';
import { ValidationPipe } from '@nestjs/common';
import type { FieldError } from '@touchline/http';
import { Problem } from '@touchline/http';

/** The form of a request is what its class says, and nothing else; every fault is told at once. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    // What was sent is not held on to for each of its faults.
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new Problem(400, 'request.invalid', 'the request does not have the form it should', {
        errors: errors.flatMap((error) => faults(error, '')),
      }),
  });

function faults(error: ValidationError, parent: string): FieldError[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, detail]) =>
    rule === 'whitelistValidation' ? { field, rule: 'unknown-field', detail: 'there is no such field' } : { field, rule, detail },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => faults(child, field))];
}
