import ts from 'typescript';

type Schema = Record<string, unknown>;

/**
 * JSON schemas (draft 2020-12) of what survives `JSON.stringify`, from the types in the code and their doc comments, so that neither can say
 * something else than the other. Further fields are allowed: a shape of the same version may grow.
 */
export class TypeSchemas {
  readonly #checker: ts.TypeChecker;
  readonly #program: ts.Program;

  constructor(files: readonly string[], configPath: string) {
    const { config } = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ts.sys.getCurrentDirectory());
    this.#program = ts.createProgram([...files], { ...options, noEmit: true });
    this.#checker = this.#program.getTypeChecker();
  }

  /** The schema of an exported type. */
  of(file: string, name: string, title: string): Schema {
    const source = this.#program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    const symbol = module && this.#checker.getExportsOfModule(module).find((one) => one.name === name);
    if (symbol === undefined) throw new Error(`${file} exports no ${name}`);
    const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
    const definitions = new Definitions(this.#checker);
    const root = definitions.schemaOf(type);
    return {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title,
      ...root,
      $defs: definitions.all(),
    };
  }
}

class Definitions {
  readonly #checker: ts.TypeChecker;
  readonly #names = new Map<ts.Type, string>();
  readonly #schemas = new Map<string, Schema>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  all(): Record<string, Schema> {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  schemaOf(type: ts.Type): Schema {
    const name = nameOf(type);
    if (name === null) return this.#inline(type);
    let known = this.#names.get(type);
    if (known === undefined) {
      known = this.#schemas.has(name) ? `${name}${this.#names.size}` : name;
      this.#names.set(type, known);
      this.#schemas.set(known, {});
      this.#schemas.set(known, {
        ...this.#described(type.aliasSymbol ?? type.symbol),
        ...this.#inline(type),
      });
    }
    return { $ref: `#/$defs/${known}` };
  }

  #inline(type: ts.Type): Schema {
    const { flags } = type;
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (type.isUnion()) return this.#union(type.types);
    if (type.isIntersection()) {
      // A brand is a primitive and a mark that no program sees at run time.
      const primitive = type.types.find((one) => (one.flags & ts.TypeFlags.Object) === 0);
      if (primitive !== undefined) return this.#inline(primitive);
    }
    if (this.#checker.isArrayType(type) || this.#checker.isTupleType(type)) {
      const items = this.#checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: items.length === 1 ? this.schemaOf(items[0]!) : this.#union(items) };
    }
    return this.#object(type);
  }

  /** In the order of the alphabet: the compiler's own order depends on which files it has seen before. */
  #union(types: readonly ts.Type[]): Schema {
    const present = types.filter((type) => (type.flags & ts.TypeFlags.Undefined) === 0);
    const words = present.filter((type) => type.isStringLiteral());
    const flags = present.filter((type) => type.flags & ts.TypeFlags.BooleanLiteral);
    const others = present.filter(
      (type) => !type.isStringLiteral() && !(type.flags & ts.TypeFlags.BooleanLiteral),
    );
    const choices = [
      ...(words.length > 1
        ? [{ type: 'string', enum: words.map((type) => type.value).toSorted() }]
        : words.map((w) => this.#inline(w))),
      ...(flags.length === 2 ? [{ type: 'boolean' }] : flags.map((flag) => this.#inline(flag))),
      ...others.map((type) => this.schemaOf(type)),
    ];
    const text = (choice: Schema): string => JSON.stringify(choice);
    return choices.length === 1
      ? choices[0]!
      : { anyOf: choices.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) };
  }

  #object(type: ts.Type): Schema {
    const index = this.#checker.getIndexInfosOfType(type)[0];
    const members = this.#checker.getPropertiesOfType(type).filter(({ name }) => !name.startsWith('__@'));
    if (index !== undefined && members.length === 0)
      return { type: 'object', additionalProperties: this.schemaOf(index.type) };
    const isOptional = (member: ts.Symbol): boolean => (member.flags & ts.SymbolFlags.Optional) !== 0;
    const properties = members.map((member) => {
      const schema = this.schemaOf(this.#checker.getTypeOfSymbol(member));
      return [member.name, { ...this.#described(member), ...schema }] as const;
    });
    const required = members.filter((member) => !isOptional(member)).map(({ name }) => name);
    return { type: 'object', properties: Object.fromEntries(properties), required };
  }

  #described(symbol: ts.Symbol | undefined): Schema {
    const text =
      symbol === undefined ? '' : ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    return text === '' ? {} : { description: text.replace(/\s+/g, ' ') };
  }
}

/** Named types become definitions of their own; instances of generic ones and types without a name are written where they stand. */
function nameOf(type: ts.Type): string | null {
  if (type.aliasSymbol !== undefined) {
    const isObject = type.isUnion()
      ? type.types.some((one) => (one.flags & ts.TypeFlags.Object) !== 0)
      : (type.flags & ts.TypeFlags.Object) !== 0;
    return type.aliasTypeArguments === undefined && isObject ? type.aliasSymbol.name : null;
  }
  const isInterface = type.isClassOrInterface() && (type.typeParameters?.length ?? 0) === 0;
  return isInterface ? type.symbol.name : null;
}
