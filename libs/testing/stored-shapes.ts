import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** A place in an event's data, as its stored shape declares it: `note`, `price.currency`, `paymentSchedule[].dueAt`. */
export interface StoredField {
  type: string;
  path: string;
  /** Text of any kind may stand there: not a list of words, a number or a yes. */
  text: boolean;
}

const root = resolve(import.meta.dirname, '../..');

/** Files that declare stored shapes, each with a union `…Event` of `{ type; data }`. */
function eventFiles(): string[] {
  const folder = join(root, 'libs/touchpoints');
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = folders.flatMap(({ name }) =>
    readdirSync(join(folder, name)).flatMap((file) => (/^[a-z-]+\.events\.ts$/.test(file) ? [join(folder, name, file)] : [])),
  );
  return [...files, join(root, 'libs/subscriptions/skip.events.ts')];
}

/** Every field of every event's data, read from the types themselves by the compiler, so that none can be left out. */
export function storedFields(): StoredField[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)).config as { compilerOptions: object };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const files = eventFiles();
  const program = ts.createProgram(files, { ...options, noEmit: true, types: [] });
  const checker = program.getTypeChecker();
  const fields = new Map<string, StoredField>();
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`the compiler did not read ${file}`);
    const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(source) ?? never(file)).filter(isEventUnion);
    for (const union of declared) {
      const whole = checker.getDeclaredTypeOfSymbol(union);
      for (const member of whole.isUnion() ? whole.types : [whole]) {
        const type = propertyType(checker, member, 'type', source);
        const data = propertyType(checker, member, 'data', source);
        // A union of events of other files is read there.
        if (type?.isStringLiteral() !== true || data === undefined) continue;
        for (const field of fieldsOf(checker, data, source, '')) fields.set(`${type.value} ${field.path}`, { ...field, type: type.value });
      }
    }
  }
  return [...fields.values()].sort((a, b) => (`${a.type} ${a.path}` < `${b.type} ${b.path}` ? -1 : 1));
}

const never = (file: string): never => {
  throw new Error(`${file} exports nothing`);
};

const isEventUnion = (symbol: ts.Symbol): boolean =>
  symbol.name.endsWith('Event') && (symbol.flags & (ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface)) !== 0;

function propertyType(checker: ts.TypeChecker, type: ts.Type, name: string, at: ts.Node): ts.Type | undefined {
  const property = type.getProperty(name);
  return property && checker.getTypeOfSymbolAtLocation(property, at);
}

function fieldsOf(checker: ts.TypeChecker, type: ts.Type, at: ts.Node, path: string): Omit<StoredField, 'type'>[] {
  const parts = (type.isUnion() ? type.types : [type]).filter((part) => (part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) === 0);
  const inner = parts.flatMap((part): Omit<StoredField, 'type'>[] => {
    if ((part.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0)
      return [{ path, text: (part.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) !== 0 }];
    if (checker.isArrayType(part)) return fieldsOf(checker, checker.getTypeArguments(part as ts.TypeReference)[0]!, at, `${path}[]`);
    const properties = part.getProperties();
    // A map of whatever names: what stands in it may be any text.
    if (properties.length === 0) return [{ path: `${path}.*`, text: true }];
    return properties.flatMap((property) =>
      fieldsOf(checker, checker.getTypeOfSymbolAtLocation(property, at), at, path === '' ? property.name : `${path}.${property.name}`),
    );
  });
  const known = new Map<string, Omit<StoredField, 'type'>>();
  for (const field of inner) known.set(field.path, { path: field.path, text: field.text || (known.get(field.path)?.text ?? false) });
  return [...known.values()];
}
