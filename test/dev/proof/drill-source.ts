import { posix } from 'node:path';
import { transformSync } from 'esbuild';
import ts from 'typescript';

/** A file as the digests see it: without types, comments and layout. */
interface SourceFile {
  /** The functions and constants of the file by name. */
  readonly declarations: ReadonlyMap<string, ts.Node>;
  /** What it imports from other files of the folder: local name → file and name there. */
  readonly imports: ReadonlyMap<string, readonly [file: string, name: string]>;
  /** The elements of its list `drills`. */
  readonly drills: readonly ts.Node[];
}

/**
 * The source of each drill: its element of `export const drills = […]`, and every function and constant that it uses, in its own file and in
 * those that are imported. Comments, types and layout are left out, so that only a change of what a drill does changes its source.
 *
 * @param files the files of `test/drills/` by their path below that folder; those of modules stand at its top
 * @returns the sources of each module's drills, in their order
 */
export function drillSources(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const parsed = new Map([...files].map(([path, text]) => [path, parseFile(path, text)] as const));
  const modules = [...parsed].filter(([path]) => !path.includes('/'));
  return new Map(
    modules.map(([path, { drills }]) => [path.replace(/\.ts$/, ''), drills.map((node) => [...used(node, path, parsed)].sort().join('\n'))]),
  );
}

function parseFile(path: string, text: string): SourceFile {
  const plain = transformSync(text, { loader: 'ts', minifyWhitespace: true }).code;
  const source = ts.createSourceFile(path, plain, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const declarations = new Map<string, ts.Node>();
  const imports = new Map<string, readonly [string, string]>();
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) declarations.set(statement.name.text, statement);
    if (ts.isVariableStatement(statement))
      for (const declaration of statement.declarationList.declarations) declarations.set(declaration.name.getText(), declaration);
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const file = posix.join(posix.dirname(path), statement.moduleSpecifier.text);
      const bindings = statement.importClause?.namedBindings;
      if (bindings !== undefined && ts.isNamedImports(bindings))
        for (const { name, propertyName } of bindings.elements) imports.set(name.text, [file, (propertyName ?? name).text]);
    }
  }
  return { declarations, imports, drills: elements(declarations.get('drills')) };
}

function elements(declaration: ts.Node | undefined): readonly ts.Node[] {
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return [];
  const list = declaration.initializer;
  return list !== undefined && ts.isArrayLiteralExpression(list) ? [...list.elements] : [];
}

/** The texts of a node and of everything that it uses. */
function used(node: ts.Node, path: string, files: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const texts = new Set<string>([node.getText()]);
  const done = new Set<ts.Node>();
  const visit = (part: ts.Node, at: string): void => {
    if (ts.isIdentifier(part)) follow(part.text, at);
    ts.forEachChild(part, (child) => visit(child, at));
  };
  const follow = (name: string, at: string): void => {
    const [file, original] = files.get(at)?.imports.get(name) ?? [at, name];
    const declaration = files.get(file)?.declarations.get(original);
    if (declaration === undefined || done.has(declaration)) return;
    done.add(declaration);
    texts.add(declaration.getText());
    visit(declaration, file);
  };
  visit(node, path);
  return texts;
}
